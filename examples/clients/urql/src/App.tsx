import { useState } from 'react';
import { Provider } from 'urql';
import { createClient } from './client.ts';
import type { AsyncInvokeOrderDirection, AsyncInvokeStatus } from './gql/graphql';
import { JobList } from './JobList.tsx';

const client = createClient('/graphql');

export function App() {
  const [status, setStatus] = useState<AsyncInvokeStatus | ''>('');
  const [direction, setDirection] = useState<AsyncInvokeOrderDirection>('DESC');
  return (
    <Provider value={client}>
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
      <JobList
        key={`${status} ${direction}`}
        filter={status ? { statusEquals: status } : null}
        direction={direction}
      />
    </Provider>
  );
}
