import { createStandaloneSchema, printSdl } from '../graphql/schema.ts';

/** The SDL that clients of this gateway see. */
export function printStandaloneSdl(): string {
  return printSdl(createStandaloneSchema());
}
