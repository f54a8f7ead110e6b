import * as z from 'zod';
import { duration, once, optional, strict } from '../contracts/schema.js';
import { text } from './schema-words.js';

export const ownersSchema = once(() =>
  strict({
    decide: optional(() => z.array(text), { description: 'May widen exposure, may waive a criterion.' }),
    stop: optional(() => z.array(text), { description: 'May stop exposure.' }),
    escalate: optional(
      () =>
        z.array(
          strict({
            to: text.meta({ description: 'A person, a role or a channel.' }),
            after: optional(() => duration, { description: 'How long to wait first.' }),
          }),
        ),
      { description: 'Who to turn to, in order.' },
    ),
    components: optional(() => z.record(z.string(), text), { description: 'Owner of each component.' }),
    'waive-critical': optional(() => z.boolean(), {
      description: 'True: those who decide may waive critical criteria too.',
    }),
  }).meta({ description: 'Who decides, who stops, who is told.' }),
);
