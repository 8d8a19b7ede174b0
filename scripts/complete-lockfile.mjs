// Adds missing optional packages of other platforms to the lockfiles named on the command line. npm
// omits them when the registry does not serve them (a mirror may have one platform only), and `npm
// ci` rejects a lockfile without them on every platform. `npm run lock` runs this after a
// dependency changed.
import { readFileSync, writeFileSync } from 'node:fs';

const SYSTEMS = 'darwin|linux|win32|android|freebsd|openharmony';
const CPUS = 'arm64|arm|x64|ia32|ppc64|riscv64|s390x|loong64';
const PLATFORM = new RegExp(`-(?<os>${SYSTEMS})-(?<cpu>${CPUS})(?:-(?<abi>[a-z]+))?$`);

for (const file of process.argv.slice(2)) {
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  complete(lock.packages);
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
  lock.packages = Object.fromEntries(sorted);
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
}

function complete(packages) {
  for (const [path, { optionalDependencies = {}, dev }] of Object.entries(packages)) {
    if (path === '') continue;
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const nested = `${path}/node_modules/${name}`;
      const hoisted = `node_modules/${name}`;
      const { os, cpu, abi = '' } = PLATFORM.exec(name)?.groups ?? {};
      if (packages[nested] || packages[hoisted] || !os) continue;
      const libc = abi.startsWith('gnu') ? 'glibc' : 'musl';
      packages[hoisted] = {
        version,
        cpu: [cpu],
        ...(dev && { dev }),
        ...(os === 'linux' && { libc: [libc] }),
        optional: true,
        os: [os],
      };
      console.log(`added ${name}@${version}`);
    }
  }
}
