/** A value that must appear in no output and no file, with the name it is replaced by. */
export interface Secret {
  readonly name: string;
  readonly value: string;
}
