// Sends a file's query to an endpoint and prints the answer: node query.mjs <endpoint> <file>
import { readFileSync } from 'node:fs';

const [endpoint, file] = process.argv.slice(2);
const response = await fetch(endpoint, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query: readFileSync(file, 'utf8') }),
});
console.log(JSON.stringify(await response.json(), null, 2));
