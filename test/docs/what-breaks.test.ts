import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { documentAt, root, tables } from './documents.js';

/** The test that proves each row of the tables "what breaks, what you see, what to do": its file, and how its name begins. */
const proofs: Readonly<Record<string, Readonly<Record<string, readonly [file: string, name: string]>>>> = {
  'docs/how-to/databases/postgresql.md': {
    'a worker dies, or the connection breaks': ['test/activities/extract/kills.test.ts', 'a worker that dies between any two steps'],
    'a standby cancels the query': ['test/activities/extract/standby-conflicts.test.ts', 'a conflict with recovery costs an attempt'],
    'the password is wrong': ['test/connectors/postgres/snapshot.test.ts', 'a wrong password'],
    'a table is missing, locked, or may not be read, a column is gone or has another type, or a value is damaged': [
      'test/activities/extract/extract-run.test.ts',
      'what drifts is left out, the others go on',
    ],
    'such a change is meant': ['test/activities/extract/extract-run.test.ts', 'what drifts is left out, the others go on'],
    'a new column': ['test/activities/extract/extract-run.test.ts', 'what drifts is left out, the others go on'],
    'a failover, a restore, `VACUUM FULL`, a table that was dropped and created again, a partition that comes or goes': [
      'test/activities/extract/extract-run.test.ts',
      'what forces a full pass writes only what differs',
    ],
    'a column was dropped, and another one of its name and type was added': [
      'test/activities/extract/ddl.test.ts',
      'no value is missed of columns that are dropped and added again',
    ],
    'rows have a time of change more than 5 minutes in the future': [
      'test/pipelines/totesys/alerts.test.ts',
      'a row of a clock that is ahead is loaded',
    ],
    'a run keeps its snapshot open for 3 hours': ['test/connectors/postgres/snapshot.test.ts', 'a snapshot that is open for too long'],
    'a row does not fit its feed': ['test/pipelines/totesys/star.test.ts', 'equals an independent computation'],
    'the warehouse was restored from a backup': ['test/activities/extract/extract-run.test.ts', 'a warehouse that forgot its runs'],
  },
  'docs/how-to/databases/http-source.md': {
    'the server is away, slow, or answers 429 or 5xx': ['test/activities/extract/answers.test.ts', '%s is asked again'],
    'one day gets no good answer: no JSON, cut, too large, 400': [
      'test/activities/extract/answers.test.ts',
      '%s leaves that day to the next run',
    ],
    'the server has nothing for a day, or only the answer of the day before': [
      'test/activities/extract/answers.test.ts',
      'a day of which the server has nothing',
    ],
    'the server has nothing for any of more than seven days': [
      'test/activities/extract/answers.test.ts',
      'a server that has nothing for any of many days',
    ],
    'twenty days in a row get no good answer': ['test/activities/extract/answers.test.ts', 'old days without a good answer'],
    'the key or password is wrong, the certificate is not trusted, the address has moved': [
      'test/activities/extract/answers.test.ts',
      'what no request can get past ends the run',
    ],
    'a value in an answer does not fit': [
      'test/pipelines/totesys/reports.test.ts',
      "give the revenue in GBP by the rate of the order's day",
    ],
    'the server corrects an old day': ['test/activities/extract/answers.test.ts', 'an answer that differs is another object'],
    'the warehouse was lost': ['test/activities/extract/answers.test.ts', 'a warehouse that knows of no answer takes over'],
  },
};

test.each(Object.entries(proofs))('each row of what breaks in %s has a test', (path, rows) => {
  const told = tables(documentAt(path)).map((table) => table.map(([what = '']) => what));
  expect(told).toContainEqual(Object.keys(rows));
  for (const [file, name] of Object.values(rows)) {
    const text = readFileSync(join(root, file), 'utf8');
    expect([name, ['"', "'", '`'].some((quote) => text.includes(quote + name))]).toEqual([name, true]);
  }
});
