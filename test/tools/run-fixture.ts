// A run with one long-lived child, for lifecycle.test.ts: node --import tsx run-fixture.ts end|fail|stay [memory]
import { withRun } from '../../tools/run/lifecycle.js';
import { startProcess } from '../../tools/run/process.js';

const [mode, place] = process.argv.slice(2);
await withRun(
  'test',
  async (run) => {
    // The folder in the command line is what marks the child as this run's.
    const child = await startProcess(run, { name: 'child', command: '/bin/sh', args: ['-c', `sleep 600 & wait # ${run.folder}`] });
    console.log(JSON.stringify({ child: child.pid, folder: run.folder }));
    if (mode === 'fail') throw new Error('as asked');
    if (mode === 'stay') await child.ended;
    return 0;
  },
  { inMemory: place === 'memory' },
);
