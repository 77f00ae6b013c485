import { createHash } from 'node:crypto';
import type { AlertKind } from '../../contracts/alerts/kinds.js';
import type { Receiver } from '../../contracts/alerts/incidents.js';
import type { PipelineDefinition } from '../definition/types.js';

/** A receiver with the address, which may be a secret: it never leaves the process. */
export interface AddressedReceiver extends Receiver {
  readonly address: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The settings that hold the receivers of a pipeline. */
export function receiverSettings({ alerts }: Pick<PipelineDefinition, 'alerts'>): string[] {
  return [...new Set((alerts ?? []).flatMap(({ to }) => to))];
}

/** Everybody whom the pipeline's rules notify of this kind, each once. Settings must have been checked: `receiverMistakes`. */
export function receiversOf(
  { alerts }: Pick<PipelineDefinition, 'alerts'>,
  kind: AlertKind,
  environment: Environment,
): AddressedReceiver[] {
  const settings = (alerts ?? []).flatMap(({ when, to }) => (when.includes(kind) ? to : []));
  return distinct([...new Set(settings)].flatMap((setting) => receiversIn(setting, environment[setting])));
}

/** Everybody whom any of the settings names, each once. */
export function receiversOfSettings(settings: readonly string[], environment: Environment): AddressedReceiver[] {
  return distinct(settings.flatMap((setting) => receiversIn(setting, environment[setting])));
}

/** The receiver of that key, if the setting still names it. */
export function findReceiver({ setting, key }: Pick<Receiver, 'setting' | 'key'>, environment: Environment): AddressedReceiver | undefined {
  return receiversIn(setting, environment[setting]).find((receiver) => receiver.key === key);
}

/** What is wrong with the value of a setting, by the place in its list. The value itself is not repeated, because it may be secret. */
export function receiverMistakes(value: string): string[] {
  return parts(value).flatMap((part, index) =>
    kindOf(part) === undefined
      ? [`entry ${index + 1} must be a mail address, or https://... or http://... without user and password, separated by commas`]
      : [],
  );
}

function receiversIn(setting: string, value: string | undefined): AddressedReceiver[] {
  return parts(value ?? '').flatMap((address) => {
    const kind = kindOf(address);
    if (kind === undefined) return [];
    const host = kind === 'mail' ? address.slice(address.lastIndexOf('@') + 1) : new URL(address).host;
    const key = createHash('sha256').update(`${kind}:${address}`).digest('hex').slice(0, 12);
    return [{ setting, key, kind, shown: `${kind}, ${host}`, address }];
  });
}

function distinct(receivers: readonly AddressedReceiver[]): AddressedReceiver[] {
  return receivers.filter(({ key }, index) => receivers.findIndex((other) => other.key === key) === index);
}

function parts(value: string): string[] {
  return value
    .split(',')
    .map((part) => part.trim().replace(/^mailto:/, ''))
    .filter((part) => part !== '');
}

function kindOf(part: string): Receiver['kind'] | undefined {
  if (/^[^\s@<>"(),:;\\[\]]+@[a-zA-Z0-9.-]+$/.test(part)) return 'mail';
  if (!URL.canParse(part)) return undefined;
  const { protocol, username, password } = new URL(part);
  return /^https?:$/.test(protocol) && username === '' && password === '' ? 'webhook' : undefined;
}
