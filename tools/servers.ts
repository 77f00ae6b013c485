// npm run servers: starts the servers that the tests need and keeps them until Ctrl-C; `npm test` then uses them instead of its own.
import { setTimeout as sleep } from 'node:timers/promises';
import { shellQuoted } from './programs/shell-quoted.js';
import { withRun } from './run/lifecycle.js';
import { announceServers, startTestServers } from './servers/test-servers.js';

const say = (line: string) => console.log(line);

export async function main(): Promise<void> {
  await withRun(
    'test',
    async (run) => {
      const servers = await startTestServers(run, say);
      const file = await announceServers(run, servers);
      say(`\nnpm test uses these servers while they run; for other programs: source ${shellQuoted(file)}`);
      say('Ctrl-C ends them.');
      while (!run.closing) await sleep(1000);
      return 0;
    },
    { inMemory: true, onStop: () => say('ending the servers') },
  );
}
