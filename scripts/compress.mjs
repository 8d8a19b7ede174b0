// Puts a compressed copy beside every file of the folder named on the command line: the pages' files are large, and do not change.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

/** Half a second for all of them; the best there is takes twenty times as long for a tenth less. */
const params = { [constants.BROTLI_PARAM_QUALITY]: 5 };

const [folder = 'dist/web/assets'] = process.argv.slice(2);
for (const file of readdirSync(folder)) {
  const path = join(folder, file);
  writeFileSync(`${path}.br`, brotliCompressSync(readFileSync(path), { params }));
}
