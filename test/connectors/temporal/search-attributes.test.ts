import { randomBytes } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { registerSearchAttributes } from '../../../src/connectors/temporal/search-attributes.js';
import { temporal } from '../../support/servers/servers.js';

const namespace = `attributes-${randomBytes(4).toString('hex')}`;
/** IndexedValueType of Temporal's API, and how many of them a namespace takes. */
const keyword = 2;
const keywordsAtMost = 10;
let connection: Connection;
let client: Client;

beforeAll(async () => {
  connection = await Connection.connect({ address: temporal.address });
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: { seconds: 24 * 3600 } as never });
  client = new Client({ connection, namespace });
  // Servers learn of a namespace within seconds.
  while (!(await connection.operatorService.listSearchAttributes({ namespace }).catch(() => undefined)));
  // No keyword has room any more.
  const ours = ['StrataPipeline', 'StrataFeed', 'StrataObject'];
  const others = Array.from({ length: keywordsAtMost - ours.length }, (_, index) => `Other${index}`);
  const searchAttributes = Object.fromEntries([...ours, ...others].map((name) => [name, keyword]));
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
}, 60_000);
afterAll(() => connection.close());

it('what the server does not let us register is named with the commands of an administrator, on Temporal Cloud too', async () => {
  const failure = await registerSearchAttributes(client).catch((error: unknown) => error);
  expect(failure).toMatchObject({ type: 'denied' });
  const { message } = failure as Error;
  expect(message).toContain(`temporal operator search-attribute create --namespace ${namespace} --name StrataOutcome --type Keyword\n`);
  expect(message).toContain(`tcld namespace search-attributes add --namespace ${namespace} --sa StrataOutcome=Keyword`);
  expect(message).not.toContain('StrataPipeline');
});
