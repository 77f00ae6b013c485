import { z } from 'zod';
import { alertKinds } from '../../../contracts/alerts/kinds.js';
import { list, setting } from './parts.js';

export const alertSchema = z
  .strictObject({
    when: list(z.enum(alertKinds, { error: `must be one of ${alertKinds.join(', ')}` }), 'kind').describe(
      'failed: a run or a landing. late: what a schedule starts has not ended well in time. left_out: a table of an extract. quarantined: rows that break their contract. refused: files. new_columns: of a table of an extract, that no feed names. loaded: files that have reached every mart, which is no trouble and told once.',
    ),
    to: list(setting('SHOP_ALERTS'), 'setting').describe(
      'The environment variables that hold the receivers: mail addresses and addresses of webhooks, separated by commas. Where one is not set, nobody of it is notified.',
    ),
  })
  .describe('A rule: what of the pipeline somebody is notified of when it begins, and when it is over.');
