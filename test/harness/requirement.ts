/** One row of the fault list or the bad-input list. Test titles start with its id. */
export interface Requirement {
  readonly id: string;
  /** `SHOULD`: needs a feature or a peer that is not tested here. */
  readonly level: 'MUST' | 'SHOULD';
  readonly description: string;
}
