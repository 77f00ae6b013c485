import { createHash } from 'node:crypto';
import type { AlertMessage } from '../contracts/alerts/incidents.js';
import { messageText, messageTitle } from '../contracts/alerts/message-text.js';
import type { Delivery } from '../engine/alerts/delivery.js';
import type { AddressedReceiver } from '../engine/alerts/receivers.js';
import { sendMail, type MailServer } from './smtp/send-mail.js';
import { postWebhook } from './webhook/post-webhook.js';

/** What deliveries need of the settings. */
export interface AlertSenders {
  readonly mail: MailServer | undefined;
  readonly webhookSecret: string | undefined;
}

/** Tries once to deliver a message to one receiver. Another try has the same ids. */
export async function deliverAlert(
  { mail, webhookSecret }: AlertSenders,
  receiver: AddressedReceiver,
  message: AlertMessage,
  signal?: AbortSignal,
): Promise<Delivery> {
  const id = deliveryId(receiver, message, message.event);
  if (receiver.kind === 'mail') {
    if (!mail) return missing('STRATA_SMTP_URL and STRATA_MAIL_FROM', receiver);
    const domain = mail.from.replace(/^.*@/, '').replace(/>.*$/, '');
    const inReplyTo = message.event === 'over' ? `${deliveryId(receiver, message, 'began')}@${domain}` : undefined;
    const subject = `[strata] ${messageTitle(message)}`;
    return sendMail(mail, { to: receiver.address, subject, text: messageText(message), messageId: `${id}@${domain}`, inReplyTo });
  }
  if (webhookSecret === undefined) return missing('STRATA_WEBHOOK_SECRET', receiver);
  return postWebhook({ url: receiver.address, secret: webhookSecret, id, body: JSON.stringify(webhookBody(message)), signal });
}

/** The same for every try, another one for each incident, event and receiver. */
function deliveryId({ key }: AddressedReceiver, { incident }: AlertMessage, event: AlertMessage['event']): string {
  return createHash('sha256')
    .update(JSON.stringify([incident, event, key]))
    .digest('hex')
    .slice(0, 32);
}

/** `text` is what chat programs show, in which &, < and > mean something. */
function webhookBody(message: AlertMessage): object {
  const { incident, event, trouble, since, end } = message;
  const { pipeline, kind, subject, summary, details, commands, loaded, at } = trouble;
  const text = messageText(message).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  if (event === 'loaded') {
    const data = { notice: incident, pipeline, feed: subject, ...loaded, summary, details, commands, at };
    return { type: 'strata.loaded', text, data };
  }
  const data = { incident, pipeline, kind, subject, summary, details, commands, since, ...(end && { until: end.at, how: end.how }) };
  return { type: `strata.incident.${event}`, text, data };
}

function missing(names: string, { setting }: AddressedReceiver): Delivery {
  return {
    outcome: 'never',
    type: 'misconfigured',
    why: `${names} must be set for ${setting}. Set them for every worker, and restart them`,
  };
}
