import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from '../../relay/connection-arguments.ts';
import type { RootField } from './root-fields.ts';

/**
 * Estimates the cost of an operation before it runs: 1 for each root field, and 1 for each row that
 * it requests. `@cost` and `@listSize` in the subgraph's schema tell routers the same.
 */
export function estimateCost(fields: readonly RootField[]): number {
  return fields.reduce((cost, field) => cost + fieldCost(field) + rowCost(field), 0);
}

/** Routers estimate the same for a mutation by default. */
const START_COST = 10;

function fieldCost({ name }: RootField): number {
  return name === 'startAsyncInvoke' ? START_COST : 1;
}

function rowCost({ name, args }: RootField): number {
  switch (name) {
    case 'asyncInvokes':
      return pageSize(args.last ?? args.first ?? DEFAULT_PAGE_SIZE);
    case 'asyncInvokeChanged':
      return lengthOf(args.invocationArns);
    case 'nodes':
      return lengthOf(args.ids);
    case '_entities':
      return lengthOf(args.representations);
    default:
      return 0;
  }
}

/** The resolver rejects a page size that is out of range, so it costs nothing. */
function pageSize(size: unknown): number {
  return typeof size === 'number' && size >= 1 && size <= MAX_PAGE_SIZE ? size : 0;
}

function lengthOf(list: unknown): number {
  return Array.isArray(list) ? list.length : 0;
}
