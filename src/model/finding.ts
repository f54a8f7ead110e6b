/** Something wrong with one page, by a name that stays the same from run to run. */
export interface Finding {
  /** `canonical.missing`: the check, and what it found. */
  readonly name: string;
  /** The page as it was listed. */
  readonly url: string;
  /** What was found and what is expected, in a few words. */
  readonly detail: string;
}

/** A finding that is one only beyond the limit of its criterion: what was measured of its page. */
export interface MeasuredFinding extends Finding {
  /** In the natural unit of the take. */
  readonly value: number;
  /** True when only the lower end of the value is known. */
  readonly isAtLeast: boolean;
}
