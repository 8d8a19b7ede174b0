import { type ReactNode, useEffect, useRef } from 'react';

interface MenuProps {
  readonly label: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A popup. It closes on Escape, on a press outside, or when the focus moves outside. */
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

/** Closes the menu around an element and returns the focus to the menu's button. */
export function closeMenu(descendant: Element): void {
  const menu = descendant.closest('details');
  if (!menu) return;
  menu.open = false;
  menu.querySelector('summary')?.focus();
}
