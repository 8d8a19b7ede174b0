import type {
  AsyncInvokeOutputDataConfigResolvers,
  AsyncInvokeS3OutputDataConfigResolvers,
} from './__generated__/types.ts';

export const AsyncInvokeOutputDataConfig: AsyncInvokeOutputDataConfigResolvers = {
  __resolveType: (config) => {
    switch (config.kind) {
      case 's3':
        return 'AsyncInvokeS3OutputDataConfig';
      case 'unknown':
        return 'AsyncInvokeUnknownOutputDataConfig';
      default:
        return config satisfies never;
    }
  },
};

const SCHEME = 's3://';

export const AsyncInvokeS3OutputDataConfig: AsyncInvokeS3OutputDataConfigResolvers = {
  bucket: ({ s3Uri }) => splitS3Uri(s3Uri).bucket,
  keyPrefix: ({ s3Uri }) => splitS3Uri(s3Uri).keyPrefix,
};

/** Splits as text, not as a URL: an S3 key may hold any character, and none is decoded. */
function splitS3Uri(s3Uri: string): { bucket: string; keyPrefix: string } {
  const slash = s3Uri.indexOf('/', SCHEME.length);
  if (slash < 0) return { bucket: s3Uri.slice(SCHEME.length), keyPrefix: '' };
  return { bucket: s3Uri.slice(SCHEME.length, slash), keyPrefix: s3Uri.slice(slash + 1) };
}
