/** The SDL that clients of this gateway see, or that a schema registry takes. */
export { printSdl } from '../graphql/schema.ts';
