interface PageEvents {
  /** The page became visible, or the device came online. */
  readonly onWake: () => void;
  readonly onOffline: () => void;
}

/** Listens to visibility and network events. Returns a function that removes the listeners. */
export function listenToPage({ onWake, onOffline }: PageEvents): () => void {
  const wakeIfVisible = () => {
    if (!document.hidden) onWake();
  };
  document.addEventListener('visibilitychange', wakeIfVisible);
  window.addEventListener('online', wakeIfVisible);
  window.addEventListener('offline', onOffline);
  return () => {
    document.removeEventListener('visibilitychange', wakeIfVisible);
    window.removeEventListener('online', wakeIfVisible);
    window.removeEventListener('offline', onOffline);
  };
}
