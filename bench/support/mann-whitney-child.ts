/** Reads two arms of doubles, runs the test so many times, and prints how long each took and what came out. */
import { readFileSync } from 'node:fs';
import { mannWhitney } from '../../src/stats/mann-whitney.js';

const [, , first = '', second = '', rounds = '1'] = process.argv;
const [x, y] = [armOf(first), armOf(second)];
const ms: number[] = [];
let found = {};
for (let round = 0; round < Number(rounds); round += 1) {
  const start = performance.now();
  found = mannWhitney(x, y);
  ms.push(performance.now() - start);
}
process.stdout.write(JSON.stringify({ ms, ...found }));

function armOf(file: string): Float64Array {
  const bytes = readFileSync(file);
  return new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8);
}
