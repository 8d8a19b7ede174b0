import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from '../../relay/connection-arguments.ts';
import type { RootField } from './root-fields.ts';

/** A row that selects every field once has fewer values. */
const VALUES_PER_COST = 32;

/**
 * Estimates the cost of an operation before it runs: 1 for each root field, and 1 for each 32
 * values of each row that it requests. `@cost` and `@listSize` in the subgraph's schema tell
 * routers the same for rows that select each field once.
 */
export function estimateCost(fields: readonly RootField[]): number {
  return fields.reduce((cost, field) => {
    const costPerRow = Math.ceil(field.leaves / VALUES_PER_COST);
    return cost + fieldCost(field) + rowCount(field) * costPerRow;
  }, 0);
}

/** Routers estimate the same for a mutation by default. */
const START_COST = 10;
/** The whole schema takes as much work as a page of this many rows. */
const INTROSPECTION_COST = 50;

function fieldCost({ name }: RootField): number {
  if (name === 'startAsyncInvoke') return START_COST;
  return name === '__schema' || name === '__type' ? INTROSPECTION_COST : 1;
}

function rowCount({ name, args }: RootField): number {
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
