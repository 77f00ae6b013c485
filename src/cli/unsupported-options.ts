/** Options that other tools have, by their names, with what Strata has instead. */
const wishes: readonly (readonly [names: string, instead: string])[] = [
  ['--dry-run --dryrun --preview --list --plan -n', 'strata status shows which files wait and which match no feed'],
  [
    '--date --day --since --until --from --to --start --end --period',
    'put the files that are wanted below a prefix or into a folder of their own and name it: strata backfill <pipeline> <feed> --from <url>; marts: strata marts rebuild --from --to',
  ],
  [
    '--force --overwrite --replace --full --full-refresh --reload',
    'put the file again, or load it from elsewhere with strata backfill; strata marts rebuild computes marts again',
  ],
  [
    '--feed --feeds --file --only --select --table',
    'a run takes every file of every feed; one feed alone: strata schedules trigger <pipeline>/<feed>/pickup',
  ],
  ['--parallel --concurrency --threads --workers --jobs -j', 'start more workers, or set STRATA_ACTIVITY_SLOTS; backfill has --window'],
  ['--verbose -v --debug --trace --log-level', 'set STRATA_LOG_LEVEL=debug'],
  ['--quiet -q --silent --no-progress', 'send stderr elsewhere: 2> /dev/null'],
  ['--config --config-file --env --env-file --profile', 'settings come from the environment; strata doctor checks them'],
  ['--json', 'worker and serve print no result; for their logs as JSON set STRATA_LOG_FORMAT=json'],
  ['--output --format -o --csv', 'use --json'],
  ['--follow --watch -f --wait', 'strata run watches the run until its end'],
  ['--yes -y --no-confirm', 'nothing asks'],
  ['--strict --fail --fail-on-error --exit-code', 'strata run --fail-on refused,quarantined makes them failures'],
  ['--timeout', 'a run has none; Ctrl-C ends the watching'],
];

/** That the option of a message of commander's is not supported and what to do instead; undefined where nothing is known. */
export function unsupportedOption(message: string): string | undefined {
  const option = /unknown option '(-[^'=]*)/.exec(message)?.[1];
  const instead = option === undefined ? undefined : wishes.find(([names]) => names.split(' ').includes(option))?.[1];
  return instead === undefined ? undefined : `${option} is not supported here: ${instead}`;
}
