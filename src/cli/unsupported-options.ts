/** Options that other tools have, by their names, with what Strata has instead. */
const wishes: readonly (readonly [names: string, instead: string])[] = [
  [
    '--dry-run --dryrun --preview --list --plan -n',
    'To see which files wait and which match no feed, run: strata status. To see what a run would load, run: strata run <pipeline> --dry-run',
  ],
  [
    '--date --day --since --until --from --to --start --end --period',
    'To load the files of a date, of feeds with a partition, run: strata run <pipeline> --date <date>. To load some other files only, put them below a prefix or into a folder of their own, and run: strata backfill <pipeline> <feed> --from <url>. To rebuild days of marts, run: strata marts rebuild <pipeline> --from <day> --to <day>',
  ],
  [
    '--force --overwrite --replace --full --full-refresh --reload',
    'To load a file again, put it again, or load it from elsewhere with strata backfill. To compute marts again, run: strata marts rebuild <pipeline>',
  ],
  [
    '--feed --feeds --file --only --select --table',
    'A run takes every file of every feed, unless it is a run by date with --feeds. For one feed alone, run: strata schedules trigger <pipeline>/<feed>/pickup',
  ],
  [
    '--parallel --concurrency --threads --workers --jobs -j',
    'Start more workers, or set STRATA_ACTIVITY_SLOTS. strata backfill has --window',
  ],
  ['--verbose -v --debug --trace --log-level', 'Set STRATA_LOG_LEVEL=debug'],
  ['--quiet -q --silent --no-progress', 'Send stderr elsewhere: 2> /dev/null'],
  ['--config --config-file --env --env-file --profile', 'Settings come from the environment. To check them, run: strata doctor'],
  ['--json', 'strata worker and strata serve print no result. For logs as JSON set STRATA_LOG_FORMAT=json'],
  ['--output --format -o --csv', 'Use --json'],
  ['--follow --watch -f --wait', 'strata run watches a run until it ends'],
  ['--yes -y --no-confirm', 'No command asks a question'],
  [
    '--strict --fail --fail-on-error --exit-code',
    'To count refused files and quarantined rows as failures, run: strata run <pipeline> --fail-on refused,quarantined',
  ],
  ['--timeout', 'A run has no time limit. Ctrl-C ends the watching'],
];

/**
 * That the option of a message of commander's is not supported and what to do instead; undefined where nothing is known. `argv`: how the
 * command was called.
 */
export function unsupportedOption(message: string, argv: readonly string[]): string | undefined {
  const option = /unknown option '(-[^'=]*)/.exec(message)?.[1];
  const instead = option === undefined ? undefined : wishes.find(([names]) => names.split(' ').includes(option))?.[1];
  return instead === undefined ? undefined : `${option} is not supported here. ${instead.replaceAll('<pipeline>', calledFor(argv))}`;
}

/** The pipeline of a command that begins with it; the others take none, or an option stands before it. */
function calledFor([, , command = '', first = '']: readonly string[]): string {
  return ['run', 'backfill', 'extract', 'status', 'watch'].includes(command) && /^[a-z]/.test(first) ? first : '<pipeline>';
}
