/** A model that Bedrock runs asynchronously, with typical values of its jobs. */
export interface AsyncModel {
  readonly modelId: string;
  /** Range of the usual duration of a job. */
  readonly seconds: readonly [shortest: number, longest: number];
  readonly destinations: readonly [string, ...string[]];
  readonly failureMessages: readonly [string, ...string[]];
}

const INTERNAL =
  'The system encountered an unexpected error during processing. Try your request again.';
const ACCESS_DENIED =
  'Access denied when writing to the output S3 location. ' +
  'Check that the caller has s3:PutObject on the bucket and that the bucket policy allows it.';

const VIDEO_DESTINATIONS = [
  's3://acme-generated-video/campaigns/spring',
  's3://acme-generated-video/storyboards',
  's3://studio-renders-prod/bedrock/async',
] as const;
const EMBEDDING_DESTINATIONS = [
  's3://media-search-embeddings/catalog/video',
  's3://media-search-embeddings/catalog/audio',
  's3://research-scratch-7d/embeddings',
] as const;

const NOVA_REEL_FAILURES = [
  'The generated video has been blocked by our content filters.',
  ACCESS_DENIED,
  INTERNAL,
] as const;

export const MODELS: readonly [AsyncModel, ...AsyncModel[]] = [
  {
    modelId: 'luma.ray-v2:0',
    seconds: [60, 300],
    destinations: VIDEO_DESTINATIONS,
    failureMessages: [
      'The provided prompt or the generated video was flagged by content moderation. ' +
        'Change the prompt and try again.',
      ACCESS_DENIED,
      INTERNAL,
    ],
  },
  {
    modelId: 'amazon.nova-reel-v1:0',
    seconds: [75, 200],
    destinations: VIDEO_DESTINATIONS,
    failureMessages: NOVA_REEL_FAILURES,
  },
  {
    modelId: 'amazon.nova-reel-v1:1',
    seconds: [180, 1020],
    destinations: VIDEO_DESTINATIONS,
    failureMessages: NOVA_REEL_FAILURES,
  },
  {
    modelId: 'twelvelabs.marengo-embed-2-7-v1:0',
    seconds: [15, 240],
    destinations: EMBEDDING_DESTINATIONS,
    failureMessages: [
      'The input video could not be decoded. ' +
        'Check that the container and codec are supported and that the file is complete.',
      'The input video is longer than the maximum duration of 7200 seconds.',
      ACCESS_DENIED,
    ],
  },
  {
    modelId: 'amazon.nova-2-multimodal-embeddings-v1:0',
    seconds: [10, 420],
    destinations: EMBEDDING_DESTINATIONS,
    failureMessages: [
      'The input media could not be read from the given S3 location: NoSuchKey.',
      ACCESS_DENIED,
      INTERNAL,
    ],
  },
];

/** Finds a model by the last part of its ARN. Returns the first model for an unknown ARN. */
export function findModel(modelArn: string): AsyncModel {
  return MODELS.find(({ modelId }) => modelArn.endsWith(`/${modelId}`)) ?? MODELS[0];
}
