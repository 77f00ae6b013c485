const { existsSync } = require('node:fs');
const { join, relative } = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * Files that take more than about two minutes on both servers, the longest first. A clean checkout has no times of former runs, and
 * Jest would then go by size: a short file of long waits would begin late, and the run would end with it alone.
 */
const longest = [
  'large/bench',
  'large/many-files',
  'large/memory',
  'pipelines/totesys/processed',
  'pipelines/totesys/source-to-bus',
  'kill/commit-boundaries',
  'cli/commands',
  'kill/arrivals',
  'activities/marts/incremental',
  'kill/interruptions',
  'properties/appended-files',
  'activities/landing/real-files',
  'activities/marts/period',
  'kill/release',
  'pipelines/totesys/star',
  'pipelines/b2b/any-order',
  'kill/backfill',
  'kill/replaced-files',
  'kill/small-files',
  'kill/ranges',
  'activities/marts/reports',
  'cli/runs/full-disks',
  'package/package',
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
