import { ConfigError } from './config-error.ts';

/** The oldest version that `engines` in package.json allows. */
const MIN_MAJOR = 22;
const MIN_MINOR = 19;

/** @throws {ConfigError} if this version of Node is too old. */
export function assertSupportedNode(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > MIN_MAJOR || (major === MIN_MAJOR && minor >= MIN_MINOR)) return;
  throw new ConfigError([
    `Node ${version} is too old. Use Node ${MIN_MAJOR}.${MIN_MINOR} or newer.`,
  ]);
}
