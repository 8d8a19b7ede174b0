import { type ReactNode, useEffect, useRef } from 'react';

interface MenuProps {
  readonly label: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A button that shows more. It closes with Escape, by a press elsewhere, or when the focus goes elsewhere. */
export function Menu({ label, className = '', children }: MenuProps) {
  const details = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const closeUnlessInside = ({ target }: Event) => {
      const element = details.current;
      if (element?.open && target instanceof Node && !element.contains(target))
        element.open = false;
    };
    document.addEventListener('pointerdown', closeUnlessInside);
    document.addEventListener('focusin', closeUnlessInside);
    return () => {
      document.removeEventListener('pointerdown', closeUnlessInside);
      document.removeEventListener('focusin', closeUnlessInside);
    };
  }, []);
  return (
    <details
      ref={details}
      className={`menu ${className}`}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !details.current?.open) return;
        event.stopPropagation();
        closeMenu(event.currentTarget);
      }}
    >
      <summary className="button">{label}</summary>
      <div className="menu-body">{children}</div>
    </details>
  );
}

/** From anything inside of it; the focus goes back to its button. */
export function closeMenu(inside: Element): void {
  const menu = inside.closest('details');
  if (!menu) return;
  menu.open = false;
  menu.querySelector('summary')?.focus();
}
