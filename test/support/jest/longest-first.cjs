const { existsSync } = require('node:fs');
const { join, relative } = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * Files that take more than about half a minute on both servers, the longest first. A clean checkout has no times of former runs, and
 * Jest would then go by size: a short file of long waits would begin late, and the run would end with it alone.
 */
const longest = [
  'large/bench',
  'large/measured/many-files',
  'large/demo',
  'large/measured/memory',
  'pipelines/b2b/any-order',
  'pipelines/totesys/processed',
  'cli/commands',
  'pipelines/totesys/source-to-bus',
  'kill/small-files',
  'kill/release',
  'properties/appended-files',
  'kill/ranges',
  'kill/interruptions',
  'activities/marts/incremental',
  'pipelines/totesys/star',
  'kill/commit-boundaries',
  'kill/arrivals',
  'activities/landing/real-files',
  'kill/replaced-files',
  'activities/marts/period',
  'cli/runs/full-disks',
  'kill/backfill',
  'package/package',
  'activities/marts/reports',
];

const folder = join(__dirname, '..', '..');
const missing = longest.filter((name) => !existsSync(join(folder, `${name}.test.ts`)));
if (missing.length > 0) throw new Error(`${missing.join(', ')}: there is no such test any more. Change the list in ${__filename}`);

/** Jest's own order, by times that it knows or else by size, behind the files that are known to be long. */
module.exports = class LongestFirst extends Sequencer {
  /** @override @param {import('@jest/test-result').Test[]} tests */
  async sort(tests) {
    const usual = await super.sort(tests);
    return usual.sort((a, b) => place(a) - place(b));
  }
};

/** @param {import('@jest/test-result').Test} test */
function place({ path }) {
  const index = longest.indexOf(relative(folder, path).replace(/\.test\.ts$/, ''));
  return index < 0 ? longest.length : index;
}
