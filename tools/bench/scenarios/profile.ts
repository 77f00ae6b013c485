import type { Bench } from '../context.js';
import { buildHistory, newFiles } from '../lab/build-history.js';
import { Lab } from '../lab/lab.js';
import { type StatementCost, StatementLog } from '../measure/statement-log.js';
import type { Block } from '../report/markdown.js';
import { count, digits } from '../report/statistics.js';
import { deliver } from './chain.js';
import type { Scenario } from './scenario.js';

/** Statements with less than this share of the time of all go together. */
const leastShare = 0.005;

/** What the server does for the chain: its statements one after the other, each with the server to itself. */
export const profile: Scenario = {
  name: 'profile',
  title: 'What the server does',
  summary: 'the statements of the whole chain, one after the other: into an empty warehouse and a full one',
  async run(bench) {
    const { rows, history } = bench.options;
    const log = await StatementLog.open(bench);
    const runs = new Map([['empty warehouse', await statementsOf(bench, log, { rows })]]);
    if (history > 0) runs.set(`history of ${count(history)}`, await statementsOf(bench, log, { rows, history }));
    return report(bench, runs);
  },
};

/** What the server did for one delivery. */
interface ServerWork {
  readonly statements: ReadonlyMap<string, StatementCost>;
  readonly seconds: number;
  readonly cpu: number;
}

async function statementsOf(
  bench: Bench,
  log: StatementLog,
  { rows, history = 0 }: { readonly rows: number; readonly history?: number },
): Promise<ServerWork> {
  const lab = await Lab.open(bench, { env: { STRATA_ACTIVITY_SLOTS: '1' } });
  if (history > 0) await buildHistory(bench, lab, history);
  const files = await newFiles(bench, { rows, history });
  bench.say(`${count(rows)} games into ${history > 0 ? `a history of ${count(history)}` : 'an empty warehouse'}`);
  await log.start();
  const { vault, cpu } = await deliver(lab, files);
  const statements = await log.statements(lab.prefix);
  await lab.close();
  return { statements, seconds: vault, cpu: cpu.database };
}

function report(bench: Bench, runs: ReadonlyMap<string, ServerWork>): Block[] {
  const { rows } = bench.options;
  const lists = [...runs.values()];
  const total = ({ statements }: ServerWork) => sum([...statements.values()].map(({ seconds }) => seconds));
  const secondsOf = (run: ServerWork | undefined, name: string) => run?.statements.get(name)?.seconds ?? 0;
  const names = [...new Set(lists.flatMap(({ statements }) => [...statements.keys()]))];
  const shown = names.filter((name) => lists.some((run) => secondsOf(run, name) >= leastShare * total(run)));
  const last = lists.at(-1);
  const times = (name: string) =>
    lists.length > 1 && secondsOf(lists[0], name) > 0 ? digits(secondsOf(last, name) / secondsOf(lists[0], name)) : '';
  return [
    `The server's time for ${count(rows)} new games and their users, from landing to the vault, by a worker that does one activity at a
      time, so that each statement has the machine to itself; rows are those that it writes. ${bench.database.product}:
      ${bench.database.settings}. ${[...runs]
        .map(
          ([name, run]) =>
            `Into the ${name}: ${digits(run.seconds)} s in all, of which statements ${digits(total(run))}; CPU ${digits(run.cpu)}`,
        )
        .join('. ')}.`,
    {
      columns: ['statement', ...[...runs.keys()].flatMap((name) => [`${name} s`, 'rows']), ...(lists.length > 1 ? ['times'] : [])],
      rows: [
        ...shown.map((name) => [
          name,
          ...lists.flatMap((run) => cells(run.statements.get(name))),
          ...(lists.length > 1 ? [times(name)] : []),
        ]),
        ['shorter ones', ...lists.flatMap((run) => [digits(total(run) - sum(shown.map((name) => secondsOf(run, name)))), '']), ''],
      ],
    },
  ];
}

const cells = (statement: StatementCost | undefined) =>
  statement ? [digits(statement.seconds), Number.isFinite(statement.rows) ? count(statement.rows) : '-'] : ['', ''];
const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
