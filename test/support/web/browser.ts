import { chromium, type Browser } from 'playwright-core';
import { browserProgram } from '../../../tools/programs/browser-program.js';

/** Chromium without a screen. */
export async function launchBrowser(): Promise<Browser> {
  const { path, env } = await browserProgram({ say: (line) => process.stderr.write(`${line}\n`) });
  // Its sandbox needs rights that root in a container lacks; only pages of ours are opened.
  return chromium.launch({ executablePath: path, env: { ...process.env, ...env }, args: ['--no-sandbox', '--no-zygote'] });
}
