import type { Topic } from './command-line.ts';
import { EMULATOR_KNOBS } from './emulator-options.ts';

const OVERVIEW = `bedrock-async-graphql: a typed Relay graph over Amazon Bedrock's async invocations

Usage: bedrock-async-graphql <command> [options]

Commands:
  serve      runs the gateway in front of AWS, with the AWS SDK's credentials and Region
  local      runs the gateway with an embedded emulator and sample jobs; needs no AWS account
  emulator   runs the emulator alone, for any AWS SDK or CLI
  schema     prints the graph's SDL

Options:
  -h, --help      prints this text, or the help of a command
  -v, --version   prints the version

Settings are environment variables. The README lists them.`;

const EMULATOR = `
  --jobs N                      number of sample jobs at the start (120)
${EMULATOR_KNOBS.map(({ option, help }) => `  ${`--${option} N`.padEnd(30)}${help}`).join('\n')}`;

const HELP: Readonly<Record<Topic, string>> = {
  serve: `Usage: bedrock-async-graphql serve [options]

Runs the gateway in front of AWS. Credentials and Region come from the AWS SDK's usual sources:
AWS_REGION, AWS_PROFILE, AWS_ACCESS_KEY_ID, roles, and so on. AWS_ENDPOINT_URL_BEDROCK_RUNTIME sets
another endpoint.

Options:
  --port N    port to listen on; overrides PORT (4000)`,
  local: `Usage: bedrock-async-graphql local [options]

Runs the gateway with an embedded emulator. Serves a dashboard at / and a GraphQL explorer at
/explorer. Needs no AWS account.

Options:
  --port N                      port to listen on; overrides PORT (4000)${EMULATOR}`,
  emulator: `Usage: bedrock-async-graphql emulator [options]

Runs a local Amazon Bedrock endpoint for ListAsyncInvokes, GetAsyncInvoke and StartAsyncInvoke. To
use it, set AWS_ENDPOINT_URL_BEDROCK_RUNTIME for any AWS SDK or CLI. It accepts any credentials.

Options:
  --port N                      port to listen on (4010)${EMULATOR}`,
  schema: `Usage: bedrock-async-graphql schema [options]

Prints the graph's SDL: for direct clients, or as the subgraph for \`rover subgraph publish\`.

Options:
  --role ROLE    standalone (default) or subgraph
  --start        includes the mutation that ENABLE_START=true adds`,
};

export function helpText(topic: Topic | undefined): string {
  return topic ? HELP[topic] : OVERVIEW;
}
