/** What people look for in a definition and do not find, by the names that they give it, with what to do instead. */
const wishes: readonly (readonly [names: string, instead: string])[] = [
  [
    'nullable null optional required mandatory notNull allowEmpty default defaultValue nullValue',
    'write nullable: true beside the type of the column, and an empty value is stored as NULL. A text can have another value for an empty one',
  ],
  ['delimiter separator sep fieldSeparator columnSeparator', "it belongs to the feed's format: { kind: 'csv', delimiter: ';' }"],
  ['encoding charset characterSet', "it belongs to the feed's format: { kind: 'csv', encoding: 'windows-1252' }"],
  [
    'compression compressed compress gzip zstd zip codec',
    "it belongs to the feed's format: { kind: 'csv', compression: 'gzip' }. Gzip and zstd are read",
  ],
  [
    'hasHeader header headers headerRow noHeader skipHeader headerLine',
    "it belongs to the feed's format: { kind: 'csv', header: 'none' } for files without a header, 'position' for one whose names do not count",
  ],
  [
    'skip skipRows skipLines comment comments footer',
    'the header, or the first row, must be the first line of a file. Take other lines out before the file is put into the source',
  ],
  [
    'quote quotes quoteChar escape escapeChar lineTerminator newline',
    "the sign around fields belongs to the feed's format: { kind: 'csv', quote: \"'\" }. Inside a field it must be doubled, and lines end with LF or CR LF",
  ],
  [
    'deletes delete deleted tombstone tombstones softDelete snapshot full fullLoad truncate mode writeMode',
    "it belongs to the feed: delivery: { kind: 'snapshot', refuseAbove: 0.2 } where a file holds all keys and those that it lacks are deleted, delivery: { kind: 'tombstones', column, values } where a column says that the row's key is deleted",
  ],
  [
    'extra extraColumns additional additionalColumns ignoreUnknown ignoreExtra allowExtra strict',
    "it belongs to the feed's format: { kind: 'csv', extraColumns: 'ignore' }, or { keep: '<column>' } instead of 'ignore'",
  ],
  [
    'primaryKey primary_key keys unique uniqueKey mergeKey',
    'the key belongs to an entity of the pipeline: entities: [{ name, key: [...], values: [...], from: [{ feed }] }]',
  ],
  [
    'entities entity',
    'entities stand beside the feeds, and each names the feeds that fill it: entities: [{ name, key, values, from: [{ feed }] }]',
  ],
  ['table tableName target schema', 'the names of entities and feeds are the names of tables'],
  [
    'path prefix folder directory recursive depth bucket url uri source sourceUrl sourceSettings sources',
    "files are taken from one address, which the variable that sourceSetting names has. Files in folders below it are taken where match names the folders: 'raw/[^/]+\\\\.csv'",
  ],
  [
    'fileName filename file_name sourceFile loadedAt loaded_at ingestedAt',
    "a file's name and time are not columns. They are in gear.loads",
  ],
  [
    'date day partitionBy partitionColumn deliveryDate',
    "the date of a file's folder or name is taken by partition: { column, group }, with a named group in match",
  ],
  ['schedule cron interval every', 'the cron expressions are in schedules: { pickup, process, aggregate }, or { daily } for runs by date'],
  ['timezone timeZone tz zone', 'cron expressions are UTC, and dates have no zone'],
  ['pattern glob regex file files fileMask', 'match, a regular expression, says which files a feed takes'],
  ['transform transforms expression sql query map mapping rename values_map', 'values are stored as delivered. Compute others in a mart'],
  [
    'thousands thousandsSeparator decimalSeparator decimalComma decimalPoint currency locale',
    "it belongs to the type of a decimal: { kind: 'decimal', precision, scale, point: ',', thousands: '.' }. Signs of currencies are not taken",
  ],
  [
    'maxErrors maxBadRows threshold onError errorThreshold',
    'bad rows go to quarantine and the others on, however many there are. To make it a failure for scripts, run: strata run <pipeline> --fail-on quarantined',
  ],
  [
    'archive archiveTo archiveFolder keep keepFiles keepSource moveTo retention',
    "the pipeline's release says what becomes of a loaded file: release: 'archive' moves it below archive/ of the source, 'keep' leaves it in place, 'delete' is the default",
  ],
];
const kinds: readonly (readonly [names: string, instead: string])[] = [
  ['datetime instant', "use 'timestamp'"],
  ['bool', "use 'boolean'"],
  ['float double real number', "use 'decimal' with a precision and a scale"],
  ['int bigint smallint long', "use 'integer' with min and max"],
  ['varchar', "use 'text' with maxLength"],
  ['char uuid', "use 'code' with its length"],
  ['array object', "use 'json'"],
  ['blob binary', "take it as 'text'"],
  ['enum set', "use 'choice' with values"],
];

const dates: readonly string[] = ['d/m/yy', '31 Dec 2025'];

function find(list: typeof wishes, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return list.find(([names]) => names.toLowerCase().split(' ').includes(wanted))?.[1];
}

/** That a property is not supported and what to do instead; undefined for one that nobody is known to wish for. */
export function unsupportedProperty(name: string, pipeline = '<pipeline>'): string | undefined {
  const instead = find(wishes, name);
  return instead === undefined ? undefined : `${JSON.stringify(name)} is not supported: ${instead.replaceAll('<pipeline>', pipeline)}`;
}

/** The same of a column type's kind. */
export function unsupportedKind(name: unknown): string | undefined {
  const instead = typeof name === 'string' ? find(kinds, name) : undefined;
  return instead === undefined ? undefined : `${JSON.stringify(name)} is not supported: ${instead}`;
}

/** What to do with days that are written in another way. */
export const otherDates = `others, such as ${dates.join(', ')} or with a time, are not supported: convert them before the file is put into the source, or take the column as text and convert it in a mart`;
