// Sends the query in a file to an endpoint and prints the response:
//
//   node query.mjs <endpoint> <file> [<variables as JSON>]
import { readFileSync } from 'node:fs';

const [endpoint, file, variables = '{}'] = process.argv.slice(2);
try {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: readFileSync(file, 'utf8'),
      variables: JSON.parse(variables),
    }),
  });
  console.log(JSON.stringify(await response.json(), null, 2));
} catch (error) {
  console.error(`${error.message}${error.cause ? ` (${error.cause.message})` : ''}`);
  console.error('usage: node query.mjs <endpoint> <file> [<variables as JSON>]');
  process.exitCode = 1;
}
