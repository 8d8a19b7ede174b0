import { useEffect, useRef } from 'react';

interface Props {
  /** Load automatically when the button scrolls into view. */
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
