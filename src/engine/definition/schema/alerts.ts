import { z } from 'zod';
import { alertKinds } from '../../../contracts/alerts/kinds.js';
import { list, setting } from './parts.js';

export const alertSchema = z
  .strictObject({
    when: list(z.enum(alertKinds, { error: `must be one of ${alertKinds.join(', ')}` }), 'kind').describe(
      'failed: a run or a landing failed. late: a scheduled run has not succeeded in time. left_out: an extract left a table out. quarantined: rows are in quarantine. refused: a file was refused. new_columns: a table of an extract has a column that no feed names. clock_ahead: rows of an extract have a time of change in the future. loaded: files have reached every mart, which is no trouble, so there is only one message.',
    ),
    to: list(setting('SHOP_ALERTS'), 'setting').describe(
      'The environment variables that hold the receivers: mail addresses and addresses of webhooks, separated by commas. A variable that is not set names nobody.',
    ),
  })
  .describe('A rule: the receivers are notified when an incident of one of these kinds begins, and when it is over.');
