// Writes a Brotli copy beside every file in the folder named on the command line. The files of the
// pages are large and never change.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

/**
 * Takes half a second for all files. The best quality takes twenty times as long and saves 10 %
 * more.
 */
const params = { [constants.BROTLI_PARAM_QUALITY]: 5 };

const [folder = 'dist/web/assets'] = process.argv.slice(2);
for (const file of readdirSync(folder)) {
  const path = join(folder, file);
  writeFileSync(`${path}.br`, brotliCompressSync(readFileSync(path), { params }));
}
