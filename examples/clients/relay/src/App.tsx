import { Suspense, useState } from 'react';
import { RelayEnvironmentProvider } from 'react-relay';
import type {
  AsyncInvokeOrderDirection,
  AsyncInvokeStatus,
} from './__generated__/JobListQuery.graphql';
import { createEnvironment } from './environment.ts';
import { JobList } from './JobList.tsx';
import { TryAgain } from './TryAgain.tsx';

const environment = createEnvironment('/graphql');

export function App() {
  const [status, setStatus] = useState<AsyncInvokeStatus | ''>('');
  const [direction, setDirection] = useState<AsyncInvokeOrderDirection>('DESC');
  return (
    <RelayEnvironmentProvider environment={environment}>
      <select
        aria-label="Status"
        value={status}
        onChange={({ target }) => setStatus(target.value as AsyncInvokeStatus)}
      >
        <option value="">All jobs</option>
        <option value="IN_PROGRESS">In progress</option>
        <option value="COMPLETED">Completed</option>
        <option value="FAILED">Failed</option>
      </select>
      <select
        aria-label="Order"
        value={direction}
        onChange={({ target }) => setDirection(target.value as AsyncInvokeOrderDirection)}
      >
        <option value="DESC">Newest first</option>
        <option value="ASC">Newest last</option>
      </select>
      <TryAgain key={`${status} ${direction}`}>
        <Suspense fallback={<p>Loading…</p>}>
          <JobList filter={status ? { statusEquals: status } : null} direction={direction} />
        </Suspense>
      </TryAgain>
    </RelayEnvironmentProvider>
  );
}
