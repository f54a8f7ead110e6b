/** What a code means, for somebody who met it for the first time. */
export interface Page {
  /** What happened. */
  readonly means: string;
  /** Why it is so, and not let through. */
  readonly why: string;
  /** What to do. */
  readonly mend: string;
  /** As it is written, or as it is called. */
  readonly example?: readonly string[];
}
