/** What a run of the real program told, as one text to compare whole. */
import packageJson from '../../package.json' with { type: 'json' };
import type { BinaryResult } from '../support/binary.js';

/**
 * Exit code and both streams.
 *
 * @param names  texts that change from run to run, such as a folder or a port, and what stands for them
 */
export function toldBy(result: BinaryResult, names: Readonly<Record<string, string>> = {}): string {
  const { code, signal, stdout, stderr } = result;
  const text = [
    signal === undefined ? `exit ${code}` : `ended by ${signal}`,
    ...section('stdout', stdout),
    ...section('stderr', stderr),
  ]
    .join('\n')
    .replaceAll(`gatekeeper ${packageJson.version}`, 'gatekeeper VERSION');
  return Object.entries(names).reduce((said, [from, to]) => said.replaceAll(from, to), text);
}

function section(name: string, text: string): readonly string[] {
  return text === '' ? [] : [`--- ${name}`, text.trimEnd()];
}
