import type { DocumentMetrics } from './measure-document.ts';

/** The maxima of a document's metrics, for each of its operations. */
export type DocumentLimits = DocumentMetrics;

type Metric = keyof DocumentMetrics;

const SETTINGS: Readonly<Record<Metric, string>> = {
  depth: 'MAX_DEPTH',
  aliases: 'MAX_ALIASES',
  directives: 'MAX_DIRECTIVES',
  rootFields: 'MAX_ROOT_FIELDS',
  fields: 'MAX_FIELDS',
  fieldConflicts: 'MAX_FIELD_CONFLICTS',
};

const INSTRUCTIONS: Readonly<Record<Metric, (max: number) => string>> = {
  depth: (max) => `Nest fields at most ${max} levels deep`,
  aliases: (max) => `Use at most ${max} aliases in an operation`,
  directives: (max) => `Use at most ${max} directives in an operation`,
  rootFields: (max) => `Select at most ${max} root fields in an operation`,
  fields: (max) => `Select at most ${max} fields in an operation`,
  fieldConflicts: (max) =>
    `Select a field of one name, or spread fragments, at most ${max} times in one place`,
};

export interface ExceededLimit {
  readonly message: string;
  /** The name of the setting. */
  readonly limit: string;
  readonly max: number;
}

/** Returns the limits that at least one operation exceeds. */
export function findExceededLimits(
  operations: readonly DocumentMetrics[],
  limits: DocumentLimits,
): ExceededLimit[] {
  return metricsOf(SETTINGS)
    .filter((metric) => operations.some((measured) => measured[metric] > limits[metric]))
    .map((metric) => {
      const limit = SETTINGS[metric];
      const max = limits[metric];
      return { message: `${INSTRUCTIONS[metric](max)} (\`${limit}\`).`, limit, max };
    });
}

function metricsOf(settings: Readonly<Record<Metric, string>>): Metric[] {
  return Object.keys(settings) as Metric[];
}
