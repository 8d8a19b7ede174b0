import { useStore } from '../feed/store.ts';
import { useAnnouncer } from './services-context.ts';

export function Announcements() {
  return (
    <p className="visually-hidden" role="status">
      {useStore(useAnnouncer())}
    </p>
  );
}
