import * as z from 'zod';
import { duration, strict } from '../contracts/schema.js';
import { text } from './schema-words.js';

export const ownersSchema = strict({
  decide: z.array(text).optional().meta({ description: 'May widen exposure, may waive a criterion.' }),
  stop: z.array(text).optional().meta({ description: 'May stop exposure.' }),
  escalate: z
    .array(
      strict({
        to: text.meta({ description: 'A person, a role or a channel.' }),
        after: duration.optional().meta({ description: 'How long to wait first.' }),
      }),
    )
    .optional()
    .meta({ description: 'Who to turn to, in order.' }),
  components: z.record(z.string(), text).optional().meta({ description: 'Owner of each component.' }),
  'waive-critical': z
    .boolean()
    .optional()
    .meta({ description: 'True: those who decide may waive critical criteria too.' }),
}).meta({ description: 'Who decides, who stops, who is told.' });
