import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from '../../relay/connection-arguments.ts';
import type { RootField } from './root-fields.ts';

/**
 * What an operation may cost, before it runs: one for each field at the root, and one for each row that it asks for. The
 * subgraph's `@cost` and `@listSize` tell a router the same.
 */
export function estimateCost(fields: readonly RootField[]): number {
  return fields.reduce((cost, field) => cost + fieldCost(field) + rowCost(field), 0);
}

/** What routers take a change for as well, unless they are told otherwise. */
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

/** A size that is out of range is refused by the resolver, and costs nothing more. */
function pageSize(size: unknown): number {
  return typeof size === 'number' && size >= 1 && size <= MAX_PAGE_SIZE ? size : 0;
}

function lengthOf(list: unknown): number {
  return Array.isArray(list) ? list.length : 0;
}
