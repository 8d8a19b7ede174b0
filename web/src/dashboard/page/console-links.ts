/** Where the AWS Management Console of a partition is. Others have none that can be derived. */
const CONSOLES: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

function consoleOf(arn: string): { readonly host: string; readonly region: string } | undefined {
  const [, partition = '', , region = ''] = arn.split(':');
  const domain = CONSOLES[partition];
  if (domain === undefined || !/^[a-z0-9-]+$/.test(region)) return undefined;
  return { host: `https://${region}.${domain}`, region };
}

export function bedrockConsole(arn: string): string | undefined {
  const found = consoleOf(arn);
  return found && `${found.host}/bedrock/home?region=${found.region}#/overview`;
}

/** The folder of the result. The console itself goes on to the bucket's own Region. */
export function s3Console(arn: string, bucket: string, keyPrefix: string): string | undefined {
  const found = consoleOf(arn);
  if (!found) return undefined;
  const prefix = keyPrefix === '' || keyPrefix.endsWith('/') ? keyPrefix : `${keyPrefix}/`;
  const query = new URLSearchParams({ region: found.region, prefix });
  return `${found.host}/s3/buckets/${encodeURIComponent(bucket)}?${query.toString()}`;
}
