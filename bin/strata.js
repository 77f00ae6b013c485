#!/usr/bin/env node
import { existsSync } from 'node:fs';

const compiled = new URL('../dist/cli/main.js', import.meta.url);
if (!existsSync(compiled)) {
  process.stderr.write('strata is not built yet; run: npm run build\n');
  process.exit(1);
}
// A notice for those who build Strata; on every command it would hide what the command says.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
const { main } = await import(compiled.href);
process.exitCode = await main(process.argv);
