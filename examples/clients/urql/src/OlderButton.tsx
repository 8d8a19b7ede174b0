import { useEffect, useRef } from 'react';

interface Props {
  /** Loads by itself as soon as it is scrolled into view. */
  auto: boolean;
  loading: boolean;
  onLoad: () => void;
}

export function OlderButton({ auto, loading, onLoad }: Props) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!auto || loading || !button.current) return;
    const observer = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting) onLoad();
    });
    observer.observe(button.current);
    return () => observer.disconnect();
  }, [auto, loading, onLoad]);
  return (
    <button ref={button} disabled={loading} onClick={onLoad}>
      Older
    </button>
  );
}
