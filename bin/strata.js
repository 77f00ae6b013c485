#!/usr/bin/env node
import { existsSync } from 'node:fs';

const compiled = new URL('../dist/cli/main.js', import.meta.url);
if (!existsSync(compiled)) {
  process.stderr.write('strata is not built yet. Run: npm run build\n');
  process.exit(1);
}
// A reader who has seen enough, as in `strata loads | head -1`, is no failure: what was begun is brought to its end.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error) => {
    if (error.code === 'EPIPE') return;
    if (stream === process.stdout) process.stderr.write(`strata: the output can't be written: ${error.message}\n`);
    process.exitCode = 1;
  });
}
// A notice for those who build Strata; on every command it would hide what the command says.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
const { main } = await import(compiled.href);
const code = await main(process.argv);
process.exitCode ||= code;
