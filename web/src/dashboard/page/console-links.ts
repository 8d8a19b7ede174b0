/** The AWS Management Console's domain by partition. Other partitions have no known domain. */
const CONSOLE_DOMAINS: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

function parseConsole(arn: string): { readonly host: string; readonly region: string } | undefined {
  const [, partition = '', , region = ''] = arn.split(':');
  const domain = CONSOLE_DOMAINS[partition];
  if (domain === undefined || !/^[a-z0-9-]+$/.test(region)) return undefined;
  return { host: `https://${region}.${domain}`, region };
}

export function bedrockConsoleUrl(arn: string): string | undefined {
  const console = parseConsole(arn);
  return console && `${console.host}/bedrock/home?region=${console.region}#/overview`;
}

/** Links to the output folder. The console redirects to the bucket's own Region. */
export function s3ConsoleUrl(arn: string, bucket: string, keyPrefix: string): string | undefined {
  const console = parseConsole(arn);
  if (!console) return undefined;
  const prefix = keyPrefix === '' || keyPrefix.endsWith('/') ? keyPrefix : `${keyPrefix}/`;
  const query = new URLSearchParams({ region: console.region, prefix });
  return `${console.host}/s3/buckets/${encodeURIComponent(bucket)}?${query.toString()}`;
}
