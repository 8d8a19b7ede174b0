const PATHS = {
  IN_PROGRESS: 'M8 2a6 6 0 1 1-6 6',
  COMPLETED: 'm3 8.5 3.3 3.5L13 4.5',
  FAILED: 'm4 4 8 8m0-8-8 8',
  UNKNOWN: 'M5 6a3 3 0 1 1 4.5 2.6C8.5 9.2 8 9.7 8 11m0 2.5v.01',
  copy: 'M5.5 5.5v-2a1 1 0 0 1 1-1h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-2m-7-5h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-6a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1Z',
  link: 'M6.5 9.5a2.5 2.5 0 0 0 3.6 0l2.4-2.4a2.5 2.5 0 0 0-3.6-3.6l-.7.7m1.3 2.3a2.5 2.5 0 0 0-3.6 0L3.5 8.9a2.5 2.5 0 0 0 3.6 3.6l.7-.7',
  external: 'M6 3H3v10h10v-3M9 3h4v4m0-4L7.5 8.5',
  close: 'm4 4 8 8m0-8-8 8',
  up: 'M8 13V3M3.5 7.5 8 3l4.5 4.5',
  warning: 'M8 2.5 14.5 13h-13L8 2.5Zm0 4.5v3m0 1.7v.01',
  empty: 'M2.5 9.5 4 3.5h8l1.5 6v3h-11v-3Zm0 0H6a2 2 0 0 0 4 0h3.5',
} as const;

export type IconName = keyof typeof PATHS;

/** A decorative icon. The text next to it must have the same meaning. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className={`icon icon-${name}`} viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
