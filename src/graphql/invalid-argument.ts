/** Resolvers throw it as it is; whoever runs the graph translates it. */
export { InvalidArgument } from '../relay/invalid-argument.ts';
