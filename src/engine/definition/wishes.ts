/** What people look for in a definition and do not find, by the names that they give it, with what to do instead. */
const wishes: readonly (readonly [names: string, instead: string])[] = [
  [
    'nullable null optional required mandatory notNull allowEmpty default defaultValue nullValue',
    'write nullable: true beside the type of the column, and an empty value is stored as NULL; a text can have another value for an empty one',
  ],
  [
    'delimiter separator sep fieldSeparator columnSeparator',
    'files must be separated by commas; convert others before they are put into the source',
  ],
  [
    'encoding charset characterSet',
    'files must be UTF-8; convert others before they are put into the source, for example with iconv -f windows-1252 -t utf-8',
  ],
  ['compression compressed compress gzip zip codec', 'files must not be compressed; unpack them before they are put into the source'],
  [
    'hasHeader header headers headerRow noHeader skip skipRows skipLines skipHeader headerLine comment comments footer',
    'the first line of a file must be the header with the names of its columns; add it, or take other lines out, before the file is put into the source',
  ],
  [
    'quote quotes quoteChar escape escapeChar lineTerminator newline',
    'files must be CSV as RFC 4180 has it: fields in ", a " in them doubled',
  ],
  [
    'deletes delete deleted tombstone tombstones softDelete snapshot full fullLoad truncate mode writeMode',
    'rows are inserted and updated, and never deleted; let a column say that a row is void, and leave such rows out in the marts',
  ],
  [
    'extra extraColumns additional additionalColumns ignoreUnknown ignoreExtra allowExtra strict',
    'a file must have the columns of its feed and no others; make a feed of its own for files of another layout',
  ],
  [
    'primaryKey primary_key keys unique uniqueKey mergeKey',
    'the key belongs to an entity: entities: [{ name, key: [...], values: [...] }]',
  ],
  ['table tableName target schema', 'the names of entities and feeds are the names of tables'],
  [
    'path prefix folder directory recursive depth bucket url uri source sourceUrl sourceSettings sources',
    'files are taken from one address, which the variable that sourceSetting names has; folders below it are not looked at',
  ],
  ['fileName filename file_name sourceFile loadedAt loaded_at ingestedAt', "a file's name and time are no columns; they are in gear.loads"],
  ['schedule cron interval every', 'the cron expressions are in schedules: { pickup, process, aggregate }'],
  ['timezone timeZone tz zone', 'cron expressions are UTC, and dates have no zone'],
  ['pattern glob regex file files fileMask', 'the names of files are told by match, a regular expression'],
  ['transform transforms expression sql query map mapping rename values_map', 'values are stored as delivered; compute others in a mart'],
  [
    'thousands thousandsSeparator decimalSeparator decimalComma decimalPoint currency locale',
    'decimals have a point, and no other sign than a minus; convert others before the file is put into the source, or take the column as text',
  ],
  [
    'maxErrors maxBadRows threshold onError errorThreshold',
    'bad rows go to quarantine and the others on, however many they are; strata run --fail-on quarantined tells a script',
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

const dates: readonly string[] = ['m/d/yyyy', 'dd.mm.yyyy', 'yyyymmdd'];

function find(list: typeof wishes, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return list.find(([names]) => names.toLowerCase().split(' ').includes(wanted))?.[1];
}

/** That a property is not supported and what to do instead; undefined for one that nobody is known to wish for. */
export function unsupportedProperty(name: string): string | undefined {
  const instead = find(wishes, name);
  return instead === undefined ? undefined : `${JSON.stringify(name)} is not supported: ${instead}`;
}

/** The same of a column type's kind. */
export function unsupportedKind(name: unknown): string | undefined {
  const instead = typeof name === 'string' ? find(kinds, name) : undefined;
  return instead === undefined ? undefined : `${JSON.stringify(name)} is not supported: ${instead}`;
}

/** What to do with days that are written in another way. */
export const otherDates = `others, such as ${dates.join(', ')} or with a time, are not supported: convert them before the file is put into the source, or take the column as text and convert it in a mart`;
