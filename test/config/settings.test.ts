import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readSettings, type Environment } from '../../src/config/settings.js';

const folder = mkdtempSync(join(tmpdir(), 'strata-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

const url = 'mysql://strata:secret@db:3306';
const failure = (environment: Environment, sources: string[] = []) => {
  try {
    readSettings(environment, { warehouse: true, sources });
  } catch (error) {
    return (error as Error).message;
  }
  return '';
};

describe('settings', () => {
  it('have defaults that need only the warehouse to be named', () => {
    expect(readSettings({ STRATA_MYSQL_URL: url }, { warehouse: true })).toMatchObject({
      mysqlUrl: url,
      mysqlAdminUrl: url,
      schemaPrefix: '',
      taskQueue: 'strata',
      deployment: undefined,
      metricsAddress: undefined,
      log: { level: 'info' },
    });
  });

  it('tell every missing and malformed name in one message, without values', () => {
    const message = failure(
      {
        STRATA_MYSQL_ADMIN_URL: 'postgres://secret@x',
        STRATA_SCHEMA_PREFIX: 'Ä',
        STRATA_ACTIVITY_SLOTS: 'many',
        STRATA_LOG_LEVEL: 'loud',
        STRATA_BUILD_ID: 'b1',
        B_URL: 'ftp://x',
      },
      ['A_URL', 'B_URL'],
    );
    for (const name of [
      'STRATA_MYSQL_URL',
      'STRATA_MYSQL_ADMIN_URL',
      'STRATA_SCHEMA_PREFIX',
      'STRATA_ACTIVITY_SLOTS',
      'STRATA_LOG_LEVEL',
      'STRATA_DEPLOYMENT_NAME',
      'A_URL',
      'B_URL',
    ]) {
      expect(message).toContain(`  ${name}: `);
    }
    expect(message).not.toContain('secret');
    expect(message).not.toContain('many');
  });

  it('take no name for the address of metrics, and no port that there can not be', () => {
    const at = (metrics: string) => failure({ STRATA_MYSQL_URL: url, STRATA_METRICS_ADDRESS: metrics });
    for (const wrong of ['localhost:9464', '9464', '127.0.0.1:99999', '[localhost]:9464', '::1:9464']) {
      expect(at(wrong)).toContain('  STRATA_METRICS_ADDRESS: must be an IP address and a port');
    }
    for (const right of ['127.0.0.1:9464', '[::1]:9464', '0.0.0.0:9464']) expect(at(right)).toBe('');
  });

  it('name the address with a password that is not percent-encoded, without it', () => {
    const wrong = { STRATA_MYSQL_URL: 'mysql://strata:se%cret@db:3306', STRATA_MYSQL_ADMIN_URL: 'mysql://ad%min:secret@db:3306' };
    const message = failure(wrong);
    for (const name of Object.keys(wrong)) expect(message).toContain(`  ${name}: user and password must be percent-encoded`);
    expect(message).not.toContain('cret');
    expect(failure({ STRATA_MYSQL_URL: 'mysql://strata:se%25cret%40@db:3306' })).toBe('');
  });

  it('say how a password is written that ends the address, without it', () => {
    for (const end of ['/', '?', '#'])
      for (const [name, address] of [
        ['STRATA_MYSQL_URL', `mysql://strata:se${end}cret@db:3306`],
        ['STRATA_SMTP_URL', `smtp://strata:se${end}cret@mail:587`],
      ] as const) {
        const message = failure({ STRATA_MYSQL_URL: url, [name]: address });
        expect(message).toMatch(new RegExp(`  ${name}: must look like .*; in its user and password write %2F for /`));
        expect(message).not.toContain('cret');
      }
  });

  it('take secrets from files, and refuse both at once', () => {
    const file = join(folder, 'url');
    writeFileSync(file, `${url}\n`);
    expect(readSettings({ STRATA_MYSQL_URL_FILE: file }, { warehouse: true }).mysqlUrl).toBe(url);
    expect(failure({ STRATA_MYSQL_URL_FILE: file, STRATA_MYSQL_URL: url })).toContain(
      'STRATA_MYSQL_URL_FILE: STRATA_MYSQL_URL is given too',
    );
    const missing = failure({ STRATA_MYSQL_URL_FILE: join(folder, 'nothing') });
    expect(missing).toContain("STRATA_MYSQL_URL_FILE: its file can't be read (ENOENT)");
    expect(missing).not.toContain('STRATA_MYSQL_URL: is missing');
    expect(readSettings({ TEMPORAL_API_KEY_FILE: file }).environment.TEMPORAL_API_KEY).toBe(url);
  });

  it('take the keys of the object store from files too', () => {
    const file = join(folder, 'key');
    writeFileSync(file, 'hunter2\n');
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']) {
      expect(readSettings({ [`${name}_FILE`]: file }).environment[name]).toBe('hunter2');
      expect(failure({ [`${name}_FILE`]: join(folder, 'nothing') })).toContain(`${name}_FILE: its file can't be read (ENOENT)`);
    }
    // The SDK's own, which names a file that it reads itself.
    expect(readSettings({ AWS_WEB_IDENTITY_TOKEN_FILE: file }).environment).toEqual({ AWS_WEB_IDENTITY_TOKEN_FILE: file });
  });

  it('take no queue with a login in its address, and topics by their names alone', () => {
    const queue = failure({ STRATA_MYSQL_URL: url, STRATA_EVENTS_QUEUE_URL: 'https://user:hunter2@sqs.eu-central-1.amazonaws.com/1/q' });
    expect(queue).toContain('  STRATA_EVENTS_QUEUE_URL: must be the address of a queue, without user and password');
    expect(queue).not.toContain('hunter2');
    const topics = ['arn:aws:sns:eu-central-1:123456789012:new-files', 'arn:aws-cn:sns:cn-north-1:123456789012:x.fifo'];
    expect(readSettings({ STRATA_EVENTS_TOPICS: topics.join(' , ') }).eventsTopics).toEqual(topics);
    expect(readSettings({}).eventsTopics).toEqual([]);
    for (const wrong of ['*', 'new-files', `${topics[0]},arn:aws:sqs:eu-central-1:123456789012:q`]) {
      expect(failure({ STRATA_MYSQL_URL: url, STRATA_EVENTS_TOPICS: wrong })).toContain(
        '  STRATA_EVENTS_TOPICS: must be ARNs of SNS topics',
      );
    }
  });

  it('take an empty value for none', () => {
    expect(failure({ STRATA_MYSQL_URL: '' })).toContain('STRATA_MYSQL_URL: is missing');
  });
});
