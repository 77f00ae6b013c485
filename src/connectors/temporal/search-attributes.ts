import type { Client, Connection } from '@temporalio/client';
import { searchAttributes } from '../../contracts/names.js';
import { StrataError } from '../../engine/strata-error.js';

/** IndexedValueType of Temporal's API. */
const indexedTypes = { KEYWORD: 2, INT: 3 } as const;

/** Names of the search attributes that the namespace lacks or has with another type. */
export async function missingSearchAttributes(client: Client): Promise<string[]> {
  const { namespace } = client.options;
  const { customAttributes } = await operator(client).listSearchAttributes({ namespace });
  return Object.values(searchAttributes)
    .filter(({ name, type }) => customAttributes[name] !== indexedTypes[type])
    .map(({ name }) => name);
}

/** Throws `misconfigured` when the namespace lacks search attributes: nothing of Strata's can be started or listed there. */
export async function requireSearchAttributes(client: Client): Promise<void> {
  const missing = await missingSearchAttributes(client);
  if (missing.length === 0) return;
  const { namespace } = client.options;
  throw new StrataError('misconfigured', `Temporal's namespace ${namespace} lacks the search attributes ${missing.join(', ')}; run: strata migrate`);
}

/** Registers what is missing; returns the names that it added. Idempotent, also while others do the same. */
export async function registerSearchAttributes(client: Client): Promise<string[]> {
  const { namespace } = client.options;
  const missing = await missingSearchAttributes(client);
  const wanted = Object.values(searchAttributes).filter(({ name }) => missing.includes(name));
  for (const { name, type } of wanted) {
    await operator(client)
      .addSearchAttributes({ namespace, searchAttributes: { [name]: indexedTypes[type] } })
      .catch(async (error: unknown) => {
        if ((await missingSearchAttributes(client)).includes(name)) throw refused(name, type, namespace, error);
      });
  }
  return missing;
}

function refused(name: string, type: string, namespace: string, cause: unknown): StrataError {
  const cli = type === 'INT' ? 'Int' : 'Keyword';
  const command = `temporal operator search-attribute create --namespace ${namespace} --name ${name} --type ${cli}`;
  return new StrataError('denied', `Temporal does not let this login register the search attribute ${name}; let an administrator run: ${command}`, { cause });
}

function operator(client: Client) {
  return (client.connection as Connection).operatorService;
}
