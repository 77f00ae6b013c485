// Starts the servers that the tests need and keeps them until Ctrl-C; `npm test` then uses them instead of starting its own.
import { setTimeout as sleep } from 'node:timers/promises';
import { withRun } from './servers/lifecycle.mjs';
import { shellQuoted } from './servers/shell-quoted.mjs';
import { announceServers, startTestServers } from './test-servers.mjs';

const say = (line) => console.log(line);

await withRun(
  'test',
  async (run) => {
    const env = await startTestServers(run, say);
    const file = await announceServers(run, env);
    say(`\nnpm test uses these servers while they run; for other programs: source ${shellQuoted(file)}`);
    say('Ctrl-C ends them.');
    while (!run.closing) await sleep(1000);
    return 0;
  },
  { onStop: () => say('ending the servers') },
);
