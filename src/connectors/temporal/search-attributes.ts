import { isGrpcServiceError, type Client, type Connection } from '@temporalio/client';
import { searchAttributes } from '../../contracts/names.js';
import { StrataError } from '../../engine/strata-error.js';

/** IndexedValueType of Temporal's API. */
const indexedTypes = { KEYWORD: 2, INT: 3 } as const;
/** As Temporal's tools write them. */
const typeNames = { KEYWORD: 'Keyword', INT: 'Int' } as const;

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
  throw new StrataError(
    'misconfigured',
    `Temporal's namespace ${namespace} lacks the search attributes ${missing.join(', ')}. Run: strata migrate`,
  );
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
        const still = await missingSearchAttributes(client);
        if (still.includes(name)) throw refused(still, namespace, error);
      });
  }
  return missing;
}

/** Temporal Cloud lets nobody register them by this API; its own tool does. */
function refused(missing: readonly string[], namespace: string, cause: unknown): StrataError {
  const wanted = Object.values(searchAttributes)
    .filter(({ name }) => missing.includes(name))
    .map(({ name, type }) => ({ name, type: typeNames[type] }));
  const reason = isGrpcServiceError(cause) ? ` (${cause.details})` : '';
  const message = [
    `Temporal does not let this login register search attributes in the namespace ${namespace}${reason}. Let an administrator run:`,
    ...wanted.map(({ name, type }) => `  temporal operator search-attribute create --namespace ${namespace} --name ${name} --type ${type}`),
    'or, on Temporal Cloud:',
    ...wanted.map(({ name, type }) => `  tcld namespace search-attributes add --namespace ${namespace} --sa ${name}=${type}`),
  ].join('\n');
  return new StrataError('denied', message, { cause });
}

function operator(client: Client) {
  return (client.connection as Connection).operatorService;
}
