import type { Command } from 'commander';
import { suggest } from '../../contracts/suggest.js';
import { FAILURE_CODES } from '../../model/failure.js';
import { REASONS } from '../../model/reason.js';
import { bash } from '../completion/bash.js';
import { fish } from '../completion/fish.js';
import { type Completable, completableOf, type Words } from '../completion/model.js';
import { pwsh } from '../completion/pwsh.js';
import { zsh } from '../completion/zsh.js';
import { EXIT } from '../exit-code.js';
import { type Io, write } from '../io.js';
import { TEST_FORMATS } from '../options.js';
import { Session } from '../session.js';
import { formats } from '../wire.js';
import { FIXTURE_ACTIONS } from './fixture.js';
import { SCHEMA_KINDS } from './schema.js';

const SHELLS: Readonly<Record<string, (from: Completable) => string>> = { bash, zsh, fish, pwsh };

/** Prints a completion script, made of the program's own commands and flags. */
export async function completion(shell: string, program: Command, io: Io): Promise<number> {
  const script = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
  if (script === undefined) {
    const known = Object.keys(SHELLS);
    const near = suggest(shell, known);
    const mend = near === undefined ? `shells are ${known.join(', ')}` : `did you mean "${near}"?`;
    return new Session({ color: 'auto' }, io).refuse([
      { code: 'usage', message: `no completion for "${shell}"`, mend },
    ]);
  }
  await write(io.stdout, script(completableOf(program, words())));
  return EXIT.pass;
}

function words(): Words {
  return {
    schema: SCHEMA_KINDS,
    fixture: FIXTURE_ACTIONS,
    completion: Object.keys(SHELLS),
    explain: [...FAILURE_CODES, ...Object.keys(REASONS)],
    'check --report': formats.ids,
    'test --report': TEST_FORMATS,
  };
}
