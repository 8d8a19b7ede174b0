import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { assertSupportedNode } from '../../src/config/node-version.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
const IS_ROOT = process.getuid?.() === 0;
const OTHER_USER = 65_534;

/** A path in the code, and one of the same length. V8 compares the lengths of source texts. */
const PATH = '"../../schema/"';
const FORGED_PATH = '"../../forged/"';
const FORGED_SDL = 'type Forged';

interface Manifest {
  readonly engines: { readonly node: string };
}
interface LockedPackage {
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
}
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => join(folder, file))
    .filter((file) => statSync(file).isFile());
const readJson = (path: string): unknown => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));

describe('the compile cache', () => {
  let copy: string;
  /** The file that reads the schema. */
  let chunk: string;
  let code: string;

  /** A copy of the build, because the tests change the folder beside the code. */
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'runtime-'));
    for (const path of ['dist/main.js', 'dist/chunks', 'schema', 'package.json']) {
      cpSync(join(ROOT, path), join(copy, path), { recursive: true });
    }
    mkdirSync(join(copy, 'forged/subgraph'), { recursive: true });
    writeFileSync(join(copy, 'forged/a.graphql'), `${FORGED_SDL} { a: Int }`);
    const chunks = filesIn(join(copy, 'dist/chunks'));
    chunk = chunks.find((file) => readFileSync(file, 'utf8').includes(PATH)) ?? '';
    code = readFileSync(chunk, 'utf8');
  });
  afterAll(() => {
    rmSync(copy, { recursive: true });
  });
  afterEach(() => {
    for (const folder of [own(), shared()]) rmSync(folder, { recursive: true, force: true });
  });

  const own = () => join(copy, 'dist/.compile-cache');
  /** The folder that Node chooses in the folder for temporary files. */
  const shared = () => join(copy, 'node-compile-cache');
  const run = (env = {}) =>
    execFileSync(process.execPath, [join(copy, 'dist/main.js'), 'schema', '--role', 'subgraph'], {
      env: { TMPDIR: copy, ...env },
      encoding: 'utf8',
    });

  /** Fills a folder with an entry for the unchanged code that reads another schema. */
  function forge(folder: string): void {
    const forged = code.replace(PATH, FORGED_PATH);
    writeFileSync(chunk, forged);
    expect(run({ NODE_COMPILE_CACHE: folder })).toContain(FORGED_SDL);
    writeFileSync(chunk, code);
    for (const file of filesIn(folder)) {
      const entry = readFileSync(file);
      const hash = entry.indexOf(toBytes(crc32(forged)));
      if (hash >= 0) writeFileSync(file, entry.fill(toBytes(crc32(code)), hash, hash + 4));
    }
  }

  const toBytes = (hash: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(hash);
    return bytes;
  };

  it('S9 a forged entry is executed by Node where a cache is trusted', () => {
    forge(shared());
    expect(run({ NODE_COMPILE_CACHE: shared() })).toContain(FORGED_SDL);
  });

  it('S9 a forged entry in the folder for temporary files is not executed', () => {
    forge(shared());
    expect(run()).not.toContain(FORGED_SDL);
  });

  it.each<[string, () => void]>([
    [
      'all users can write to',
      () => {
        chmodSync(own(), 0o777);
      },
    ],
    [
      'a group can write to',
      () => {
        chmodSync(own(), 0o770);
      },
    ],
    ...(IS_ROOT
      ? [
          [
            'belongs to another user',
            () => {
              chmodSync(own(), 0o700);
              chownSync(own(), OTHER_USER, OTHER_USER);
            },
          ] as [string, () => void],
        ]
      : []),
    [
      'is a link',
      () => {
        cpSync(own(), shared(), { recursive: true });
        chmodSync(shared(), 0o700);
        rmSync(own(), { recursive: true });
        symlinkSync(shared(), own());
      },
    ],
  ])('S9 a forged entry in a folder that %s is not executed', (_what, change) => {
    forge(own());
    change();
    expect(run()).not.toContain(FORGED_SDL);
  });

  it('S9 the cache is in a folder that only the user can read and write', () => {
    const text = run();
    expect(statSync(own()).mode & 0o777).toBe(0o700);
    expect(existsSync(shared())).toBe(false);
    expect(run()).toBe(text);
  });

  it('S9 the command works if the folder cannot be created', () => {
    writeFileSync(own(), '');
    expect(run()).toContain('type Query');
  });
});

describe('the Node that runs the server', () => {
  const { packages } = readJson('package-lock.json') as {
    packages: Readonly<Record<string, LockedPackage>>;
  };
  const production = Object.entries(packages).filter(([path, { dev }]) => path !== '' && !dev);

  it('S10 no dependency of the product installs Node', () => {
    const names = production.map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 13));
    expect(names).toContain('graphql');
    expect(names.filter((name) => /^node$|^node-(?:bin|linux|darwin|win)/.test(name))).toEqual([]);
  });

  it('S10 no dependency of the product needs its install script', () => {
    const { allowScripts } = readJson('package.json') as { allowScripts: Record<string, boolean> };
    const withScript = production.filter(([, { hasInstallScript }]) => hasInstallScript);
    const names = withScript.map(([path]) => path.replace('node_modules/', ''));
    expect(names.filter((name) => allowScripts[name] !== false)).toEqual([]);
  });

  it.each(['18.20.0', '20.20.2', '22.18.0'])('S10 Node %s is refused with the reason', (old) => {
    expect(() => {
      assertSupportedNode(old);
    }).toThrow(`Node ${old} is too old. Use Node 22.19 or newer.`);
  });

  it('S10 the oldest Node that package.json allows is accepted', () => {
    const { engines } = readJson('package.json') as Manifest;
    const [, version = ''] = /^>=(\d+\.\d+)$/.exec(engines.node) ?? [];
    expect(() => {
      assertSupportedNode(`${version}.0`);
      assertSupportedNode('24.0.0');
    }).not.toThrow();
    expect(() => {
      assertSupportedNode(`${version.replace(/\d+$/, (minor) => String(Number(minor) - 1))}.0`);
    }).toThrow(version);
  });
});
