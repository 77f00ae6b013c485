import { workflowInfo } from '@temporalio/workflow';
import type { AlertMessage, Seen } from '../../contracts/alerts/incidents.js';
import { messageText } from '../../contracts/alerts/message-text.js';
import { delivering, profiles } from '../activity-profiles.js';
import { showDetails, showRetries } from '../report/current-details.js';
import { finish, noteFailure } from '../report/failure-message.js';

/** Tells each receiver once of files that are loaded. It fails where one was not reached, for all the time that it tried. */
export async function tellLoaded({ trouble, receivers }: Seen): Promise<{ readonly failures: readonly string[] }> {
  showRetries();
  const message: AlertMessage = { incident: workflowInfo().workflowId, event: 'loaded', trouble, since: trouble.at };
  showDetails(['```', messageText(message).trimEnd(), '```'].join('\n'));
  const failures: string[] = [];
  await Promise.all(
    receivers.map((receiver) =>
      noteFailure(failures, receiver.shown, () =>
        delivering.sendAlert.executeWithOptions({ ...profiles.delivery, summary: `loaded: ${receiver.shown}` }, [{ receiver, message }]),
      ),
    ),
  );
  return finish({ failures });
}
