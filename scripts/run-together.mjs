// Runs npm scripts at the same time: `node scripts/run-together.mjs check:code build:code`.
// The last script prints as it goes. The others print when they end, so that outputs do not mix.
// Waits for all scripts, so that one run shows all problems. Exits with 1 if one failed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

async function run(script, index, { length }) {
  const start = performance.now();
  const output = index === length - 1 ? 'inherit' : 'pipe';
  const child = spawn('npm', ['run', script, '--silent'], { stdio: ['ignore', output, output] });
  const [stdout, stderr, [code, signal]] = await Promise.all([
    child.stdout ? text(child.stdout) : '',
    child.stderr ? text(child.stderr) : '',
    once(child, 'close'),
  ]);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const outcome = code === 0 ? 'passed' : `FAILED (${signal ?? `exit code ${code}`})`;
  process.stdout.write(`${stdout}${stderr}npm run ${script}: ${outcome} after ${seconds} s\n`);
  return code === 0;
}

const scripts = process.argv.slice(2);
const passed = await Promise.all(scripts.map(run));
const failed = scripts.filter((_, index) => !passed[index]);
if (failed.length > 0) {
  console.error(`Failed: ${failed.map((script) => `npm run ${script}`).join(', ')}`);
  process.exitCode = 1;
}
