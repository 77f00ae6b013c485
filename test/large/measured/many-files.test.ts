import { expect, it } from '@jest/globals';
import { workflowIds } from '../../../src/contracts/names.js';
import { warehouse } from '../../support/servers/servers.js';
import { Lab } from '../../kill/lab/lab.js';

const files = 10_000;
const rowsOfFile = 3;
const megabyte = 1e6;

it('brings 10,000 files to bus, each once, with small histories and little memory', async () => {
  const lab = await Lab.open({ url: warehouse.url, direct: true });
  try {
    const names = Array.from({ length: files }, (_, index) => index);
    const put = async () => {
      for (let index = names.pop(); index !== undefined; index = names.pop()) {
        const rows = Array.from({ length: rowsOfFile }, (_, row) => `${index! * rowsOfFile + row + 1},1,Poker,1/2/2024,5`);
        await lab.bucket.put(`games_${index}.csv`, `GameID,UserID,GameType,PlayDate,Duration\n${rows.join('\n')}\n`);
      }
    };
    await Promise.all(Array.from({ length: 16 }, put));
    const worker = lab.startWorker();
    const started = Date.now();
    await lab.run();
    console.info(`${files} files reached bus in ${Math.round((Date.now() - started) / 1000)} s`);

    expect(await worker.peakMemory()).toBeLessThan(400 * megabyte);

    const [loads] = await lab.warehouse.query(
      `select count(*) as loads, sum(state = 'processed') as processed, sum(source_state = 'deleted') as deleted, sum(rows_staged) as staged from gear.loads`,
    );
    expect(Object.values(loads!).map(Number)).toEqual([files, files, files, files * rowsOfFile]);
    const [games] = await lab.warehouse.query(
      'select count(*) as games, (select sum(active_users) from bus.daily_games) as played from bulk.games',
    );
    expect(Object.values(games!).map(Number)).toEqual([files * rowsOfFile, files * rowsOfFile]);

    const { events } = await lab.client.workflow.getHandle(workflowIds.run('eastrock')).fetchHistory();
    const refreshed = new Map<string, number>();
    for (const { activityTaskScheduledEventAttributes: scheduled, userMetadata } of events ?? []) {
      if (scheduled?.activityType?.name !== 'refreshMart') continue;
      const summary = Buffer.from(userMetadata?.summary?.data ?? []).toString();
      refreshed.set(summary, (refreshed.get(summary) ?? 0) + 1);
    }
    expect([...refreshed.values()].every((times) => times === 1) && refreshed.size).toBeGreaterThan(5);

    for await (const execution of lab.client.workflow.list({ query: "WorkflowType != 'landObject'" })) {
      expect([execution.workflowId, execution.historyLength < 5_000, (execution.historySize ?? 0) < 10 << 20]).toEqual([
        execution.workflowId,
        true,
        true,
      ]);
    }
  } finally {
    await lab.close();
  }
}, 4_000_000);
