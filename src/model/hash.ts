/**
 * FNV-1a over 16-bit units, 48 bits kept. Tells settings apart; guards no secret, so Node's crypto, which takes longer
 * to load than a gate takes to judge, is left alone.
 *
 * @see http://www.isthe.com/chongo/tech/comp/fnv
 */
export function hash(text: string): string {
  let value = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i += 1) {
    value ^= BigInt(text.charCodeAt(i));
    value = BigInt.asUintN(64, value * 0x100000001b3n);
  }
  return (value >> 16n).toString(16).padStart(12, '0');
}

/** One hash for the settings of several gates, in whatever order they were read. */
export function settingsOfAll(gates: readonly { readonly settings: string }[]): string {
  const all = gates.map((gate) => gate.settings).sort();
  return all.length === 1 ? (all[0] ?? '') : hash(all.join(' '));
}
