// node tools/start.mjs TOOL [arguments]: how npm's scripts start a tool. It is plain JavaScript, because it runs where packages are not
// installed yet, and says what is wrong with a Node that is too old. The tool then runs in this process, which gets its signals itself.
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('..', import.meta.url));
const tools = ['bench', 'demo', 'generate', 'servers', 'test'];
const [tool = '', ...args] = process.argv.slice(2);
const parent = process.ppid;

try {
  if (!tools.includes(tool)) throw new Error(`usage: node tools/start.mjs ${tools.join('|')} [arguments]`);
  checkNode();
  if (!(await packagesAreCurrent())) await installPackages();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  // What runs the tests reads their last line.
  if (tool === 'test') console.log('0 passed, 1 failed');
  process.exit(tools.includes(tool) ? 1 : 2);
}
const { register } = await import('tsx/esm/api');
register();
const { main } = await import(`./${tool}.ts`);
await main(args);

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 12)) return;
  throw new Error(`Strata needs Node 20.12 or later; this is ${process.versions.node}. See https://nodejs.org/en/download`);
}

/** Compares contents: times say little after a checkout, and npm ci empties a folder that something else may be using. */
async function packagesAreCurrent() {
  try {
    const [wanted, installed] = await Promise.all(['package-lock.json', 'node_modules/.package-lock.json'].map(lockedPackages));
    return Object.entries(wanted ?? {}).every(([name, { version, optional }]) => {
      const found = installed?.[name];
      return name === '' || (found ? found.version === version : optional === true);
    });
  } catch {
    return false;
  }
}

/**
 * @param {string} file
 * @returns {Promise<Record<string, { version?: string, optional?: boolean }>>}
 */
async function lockedPackages(file) {
  return JSON.parse(await readFile(`${folder}${file}`, 'utf8')).packages;
}

async function installPackages() {
  const started = Date.now();
  console.log('installing packages');
  // Where NODE_ENV is production npm would leave out the compiler.
  const npm = spawn('npm', ['ci', '--include=dev', '--no-progress'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [npm.stdout, npm.stderr]) stream.setEncoding('utf8').on('data', (text) => (output = (output + text).slice(-65_536)));
  const ticker = setInterval(() => console.log(`installing packages: ${Math.round((Date.now() - started) / 1000)} s`), 10_000);
  let stopped = 0;
  /** @type {[NodeJS.Signals, number][]} */
  const signals = [
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ];
  const handlers = signals.map(([signal, code]) => {
    const stop = () => {
      stopped ||= code;
      npm.kill('SIGTERM');
    };
    process.on(signal, stop);
    return () => process.off(signal, stop);
  });
  /** @type {string | number | null} */
  const how = await new Promise((resolve) => npm.once('close', resolve).once('error', () => resolve('absent')));
  clearInterval(ticker);
  for (const remove of handlers) remove();
  if (stopped !== 0) process.exit(stopped);
  // The npm that started this was killed meanwhile: nobody waits for the tool any more.
  if (process.ppid !== parent) process.exit(129);
  if (how === 'absent') throw new Error('npm is needed and not on PATH; it comes with Node: https://nodejs.org/en/download');
  if (how !== 0) throw new Error(`npm ci failed:\n${output.trimEnd().split('\n').slice(-20).join('\n')}`);
}
