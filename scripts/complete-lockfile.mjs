// Adds to the lockfiles named on the command line the optional packages of other platforms that npm leaves out when the registry at hand does
// not serve them (a mirror may hold one platform only). `npm ci` refuses a lockfile that lacks them, on every platform.
// Run by `npm run lock`, after a dependency changed.
import { readFileSync, writeFileSync } from 'node:fs';

const PLATFORM =
  /-(?<os>darwin|linux|win32|android|freebsd|openharmony)-(?<cpu>arm64|arm|x64|ia32|ppc64|riscv64|s390x|loong64)(?:-(?<abi>[a-z]+))?$/;

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
