import { useStore } from '../feed/store.ts';
import { useAnnouncer } from './services.ts';

export function Announcements() {
  return (
    <p className="unseen" role="status">
      {useStore(useAnnouncer())}
    </p>
  );
}
