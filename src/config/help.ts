import type { Topic } from './command-line.ts';
import { EMULATOR_KNOBS } from './emulator-options.ts';

const OVERVIEW = `bedrock-async-graphql: a typed Relay graph over Amazon Bedrock's asynchronous invocations

Usage: bedrock-async-graphql <command> [options]

Commands:
  serve      the gateway in front of AWS, with the SDK's own credentials and Region
  local      the gateway in front of an embedded emulator with sample jobs; needs no AWS account
  emulator   the emulator alone, for any AWS SDK or CLI
  schema     prints the graph's SDL

Options:
  -h, --help      this text, or that of a command
  -v, --version   the version

Settings are environment variables; the README has the table.`;

const EMULATOR = `
  --jobs N                      sample jobs at start (120)
${EMULATOR_KNOBS.map(({ option, help }) => `  ${`--${option} N`.padEnd(30)}${help}`).join('\n')}`;

const HELP: Readonly<Record<Topic, string>> = {
  serve: `Usage: bedrock-async-graphql serve [options]

Runs the gateway in front of AWS. Credentials and Region are found as every AWS SDK finds them: AWS_REGION,
AWS_PROFILE, AWS_ACCESS_KEY_ID, roles, and so on. AWS_ENDPOINT_URL_BEDROCK_RUNTIME points it elsewhere.

Options:
  --port N    port to listen on; wins over PORT (4000)`,
  local: `Usage: bedrock-async-graphql local [options]

Runs the gateway in front of an embedded emulator, with a page for people at its root and an explorer at
/explorer. Needs no AWS account.

Options:
  --port N                      port to listen on; wins over PORT (4000)${EMULATOR}`,
  emulator: `Usage: bedrock-async-graphql emulator [options]

Runs a local Amazon Bedrock endpoint for ListAsyncInvokes, GetAsyncInvoke and StartAsyncInvoke. Point any AWS SDK or CLI
at it with AWS_ENDPOINT_URL_BEDROCK_RUNTIME; any credentials do.

Options:
  --port N                      port to listen on (4010)${EMULATOR}`,
  schema: `Usage: bedrock-async-graphql schema [options]

Prints the graph's SDL: that for its own clients, or that of the subgraph, which \`rover subgraph publish\` takes.

Options:
  --role ROLE    standalone (default) or subgraph
  --start        with the mutation that ENABLE_START=true adds`,
};

export function helpText(topic: Topic | undefined): string {
  return topic ? HELP[topic] : OVERVIEW;
}
