/** Ends a switch over a union, so that a new member is a compile error and never a silent default. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
