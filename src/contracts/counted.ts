/** `1 gate`, `2 gates`; a phrase takes its verb along: `1 count was`, `2 counts were`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
