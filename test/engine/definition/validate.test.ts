import { describe, expect, it } from '@jest/globals';
import { validatePipelines } from '../../../src/engine/definition/validate.js';
import { compileContract } from '../../../src/engine/read/contract.js';
import { zstdMissing } from '../../../src/engine/read/decode/unzstd.js';
import { StrataError } from '../../../src/engine/strata-error.js';
import { eastrock } from '../../../src/pipelines/eastrock.js';

/** A small definition that is right; tests spoil copies of it. */
function visits() {
  return {
    name: 'shop',
    sourceSetting: 'SHOP_SOURCE_URL',
    schedules: { pickup: '*/5 * * * *', process: '0 6-22/2 * jan-mar mon,thu', aggregate: '1,31 * * * 0-6' },
    feeds: [
      {
        name: 'visits',
        match: '^visits.*\\.csv$',
        reasons: ['bad_key', 'bad_value'],
        columns: [
          { name: 'visit_id', header: 'Visit', type: { kind: 'integer', min: '1', max: '4294967295' }, reason: 'bad_key' },
          { name: 'shop_name', header: 'Shop', type: { kind: 'text', maxLength: 100, empty: '' }, reason: 'bad_value' },
          {
            name: 'spent',
            header: 'Spent',
            type: { kind: 'decimal', precision: 10, scale: 2 },
            reason: { bad: 'bad_value', empty: 'bad_value' },
          },
        ],
      },
    ],
    entities: [{ name: 'visits', key: ['visit_id'], values: ['shop_name', 'spent'], indexes: [['shop_name']], from: [{ feed: 'visits' }] }],
    surrogates: [
      { name: 'shop_ids', id: 'shop_id', value: 'shop_name', from: [{ entity: 'visits', column: 'shop_name' }], initial: ['Main'] },
    ],
    vault: {
      hubs: [
        { name: 'visit', key: 'visit_id', from: [{ entity: 'visits', column: 'visit_id' }] },
        { name: 'shop', key: 'shop_name', from: [{ entity: 'visits', column: 'shop_name' }] },
      ],
      links: [
        {
          name: 'visit_shop',
          entity: 'visits',
          hubs: [
            { hub: 'visit', column: 'visit_id' },
            { hub: 'shop', column: 'shop_name' },
          ],
          driving: ['visit'],
        },
      ],
      satellites: [{ name: 'visit', entity: 'visits', parent: { hub: 'visit', column: 'visit_id' }, columns: ['spent'] }],
    },
    sqlFolder: 'sql/shop',
  };
}

/** Eleven columns of the longest texts that rows hold in themselves. */
const wide = Array.from({ length: 11 }, (_, i) => ({
  name: `text_${i}`,
  header: `Text ${i}`,
  type: { kind: 'text', maxLength: 768 },
  reason: 'bad_value',
}));

/** The definition with values put at paths such as `feeds[0].columns[1].header`; undefined removes one. */
function spoilt(changes: Record<string, unknown>, base: unknown = visits()): unknown {
  const definition: unknown = structuredClone(base);
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split(/[.[\]]+/).filter((key) => key !== '');
    const last = keys.pop() ?? '';
    const parent = keys.reduce<Record<string, unknown>>(
      (at, key) => at[key] as Record<string, unknown>,
      definition as Record<string, unknown>,
    );
    if (value === undefined) delete parent[last];
    else parent[last] = value;
  }
  return definition;
}

function mistakesOf(...definitions: unknown[]): string[] {
  try {
    validatePipelines(definitions);
    return [];
  } catch (error) {
    if (!(error instanceof StrataError) || error.type !== 'definition') throw error;
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
}

describe('validatePipelines', () => {
  it('accepts definitions that are right, and returns them', () => {
    expect(validatePipelines([eastrock, visits()])).toEqual([eastrock, visits()]);
  });

  it('takes the name of a column for its header where that is left out', () => {
    const [definition] = validatePipelines([spoilt({ 'feeds[0].columns[1].header': undefined })]);
    expect(compileContract(definition!.feeds[0]!).columns.map(({ headers }) => headers)).toEqual([['visit'], ['shop_name'], ['spent']]);
  });

  it('reports every mistake at once, each with its path', () => {
    const mistakes = mistakesOf(
      spoilt({
        'feeds[0].columns[0].type.max': '18446744073709551616',
        'feeds[0].columns[1].header': 'visit',
        'feeds[0].columns[2].reason': 'bad_price',
        'entities[0].values': ['shop_name', 'cost'],
        'schedules.pickup': '*/5 * * *',
        'vault.hubs[1].from[0].column': 'shop',
        surrogate: [],
        sqlFolder: undefined,
      }),
    );
    const starts = [
      'shop: feeds[0].columns[0].type.max: must be at most 18446744073709551615',
      'shop: feeds[0].columns[1].header: is the same as that of feeds[0].columns[0]',
      'shop: feeds[0].columns[2].reason: bad_price is not in feeds[0].reasons',
      'shop: entities[0].values[1]: feed visits has no column cost. Name one of its columns',
      'shop: schedules.pickup: must be a cron expression of five fields',
      'shop: vault.hubs[1].from[0].column: entity visits has no column shop',
      'shop: does not know "surrogate"',
      'shop: sqlFolder: is missing. Give it as string',
    ];
    for (const start of starts) expect(mistakes).toContainEqual(expect.stringContaining(start));
  });

  it('does not report references to a part whose own shape is wrong', () => {
    const mistakes = mistakesOf(spoilt({ 'feeds[0].columns[1].type': { kind: 'string' } }));
    expect(mistakes).toEqual([
      "shop: feeds[0].columns[1].type.kind: must be 'integer', 'decimal', 'boolean', 'date', 'time', 'timestamp', 'choice', 'code', 'text', 'json' or 'point'",
    ]);
  });

  const single: [string, Record<string, unknown>, string][] = [
    ['a name that is no identifier', { 'feeds[0].name': 'Visits`' }, 'feeds[0].name: must be snake_case'],
    ['a name too long for the names made from it', { 'entities[0].name': 'e'.repeat(60) }, 'entities[0].name: must have at most 48'],
    [
      'a column the engine adds itself',
      { 'feeds[0].columns[2].name': 'load_id' },
      'feeds[0].columns[2].name: is a name that the engine gives',
    ],
    [
      'a partition by a group that the pattern does not have',
      { 'feeds[0].partition': { column: 'delivery_date', group: 'date' } },
      'feeds[0].partition.group: match has no group of that name. Write (?<date>\\\\d{4}-\\\\d{2}-\\\\d{2})',
    ],
    [
      'a partition of a date that does not exist',
      { 'feeds[0].partition': { column: 'delivery_date', value: '2024-02-30' } },
      'feeds[0].partition.value: must be a date that exists',
    ],
    [
      'a partition whose column the file has',
      { 'feeds[0].partition': { column: 'shop_name', value: '2024-02-28' } },
      'feeds[0].partition.column: shop_name is a column of the file already',
    ],
    [
      'a partition whose column the engine has',
      { 'feeds[0].partition': { column: 'load_id', value: '2024-02-28' } },
      'feeds[0].partition.column: is a name that the engine gives',
    ],
    [
      'an integer that begins above its end',
      { 'feeds[0].columns[0].type.max': '0' },
      'feeds[0].columns[0].type.min: must not be greater than max',
    ],
    [
      'a bound that is no number',
      { 'feeds[0].columns[0].type.min': '1e3' },
      'feeds[0].columns[0].type.min: must be a whole number from -2^63',
    ],
    [
      'a signed integer beyond 64 bits',
      { 'feeds[0].columns[0].type': { kind: 'integer', min: '-9223372036854775809', max: '0' } },
      'feeds[0].columns[0].type.min: must be at least -9223372036854775808',
    ],
    [
      'a signed integer with the range of an unsigned one',
      { 'feeds[0].columns[0].type': { kind: 'integer', min: '-1', max: '18446744073709551615' } },
      'feeds[0].columns[0].type.max: must be at most 9223372036854775807 (2^63-1) where a good value is below 0',
    ],
    [
      'a value beside the bounds of an integer that lies within them',
      { 'feeds[0].columns[0].type.also': ['7'] },
      'feeds[0].columns[0].type.also: has 7, which lies between min and max. Leave it out',
    ],
    [
      'a word of a boolean that means both',
      { 'feeds[0].columns[2].type': { kind: 'boolean', true: ['Y', 'J'], false: ['N', 'j'] } },
      'feeds[0].columns[2].type.false: has j, which also means true. Keep it in one of the lists',
    ],
    [
      'a length that no code of the list has',
      { 'feeds[0].columns[1].type': { kind: 'code', length: 2, list: 'iso-4217' } },
      'feeds[0].columns[1].type.length: must be 3, as codes of ISO 4217 (currencies) have',
    ],
    [
      'a rule of columns that are not there',
      { 'feeds[0].rules': [{ column: 'is_new', equals: { filled: 'shop' }, reason: 'bad_value' }] },
      'feeds[0].rules[0].column: the feed has no column is_new. Name one of its columns',
    ],
    [
      'a rule of a column that is no boolean',
      { 'feeds[0].rules': [{ column: 'spent', equals: { filled: 'shop_name' }, reason: 'bad_value' }] },
      'feeds[0].rules[0].column: spent is decimal. A rule needs a boolean column',
    ],
    [
      'a rule of a column that is never empty',
      { 'feeds[0].rules': [{ column: 'spent', equals: { filled: 'visit_id' }, reason: 'bad_value' }] },
      'feeds[0].rules[0].equals.filled: visit_id is never empty in a good row. Name a column that may be',
    ],
    [
      'a rule with a reason that the feed does not list',
      { 'feeds[0].rules': [{ column: 'spent', equals: { filled: 'shop_name' }, reason: 'bad_flag' }] },
      'feeds[0].rules[0].reason: bad_flag is not in feeds[0].reasons',
    ],
    [
      'a zone that is none',
      { 'feeds[0].columns[2].type': { kind: 'timestamp', zone: 'Europe/Berlin', precision: 0 } },
      "feeds[0].columns[2].type.zone: must be 'none' (stored as written), 'utc', 'given'",
    ],
    [
      'a nullable key',
      { 'feeds[0].columns[0].nullable': true },
      'entities[0].key[0]: visit_id is nullable, which only a date or a timestamp may be in a key',
    ],
    [
      'JSON in an index',
      { 'feeds[0].columns[1].type': { kind: 'json' } },
      "entities[0].indexes[0][0]: shop_name is json, which a key can't hold",
    ],
    [
      'a nullable column as the key of a hub',
      { 'feeds[0].columns[1].nullable': true },
      'vault.hubs[1].from[0].column: visits.shop_name is nullable. Hubs and surrogates need a value in each row',
    ],
    [
      'a nullable column with a reason for an empty value',
      { 'feeds[0].columns[2].nullable': true },
      'feeds[0].columns[2].reason: has a reason for an empty value, which is NULL in a nullable column',
    ],
    [
      'a nullable text with a value for an empty one',
      { 'feeds[0].columns[1].nullable': true },
      'feeds[0].columns[1].type.empty: gives an empty value a value, so that this nullable column is never NULL',
    ],
    [
      'a column that is called in files, for want of a header, as another one is',
      { 'feeds[0].columns[0].header': 'Shop_Name', 'feeds[0].columns[1].header': undefined },
      'feeds[0].columns[1].header: is the same as that of feeds[0].columns[0]. Give each its own',
    ],
    [
      'a name of a column that another one has, too',
      { 'feeds[0].columns[1].header': ['Name', 'VISIT'] },
      'feeds[0].columns[1].header: is the same as that of feeds[0].columns[0]. Give each its own',
    ],
    [
      'an optional column that must not be empty',
      { 'feeds[0].columns[2].optional': true },
      'feeds[0].columns[2].optional: needs a column that may be empty',
    ],
    [
      'an optional column without a header that tells of it',
      { 'feeds[0].columns[1].optional': true, 'feeds[0].format': { header: 'none' } },
      "feeds[0].columns[1].optional: needs a header with names in the files (format.header 'names')",
    ],
    [
      'a column that is derived of one that there is not',
      { 'feeds[0].columns[1].derive': { by: 'ua.device', from: 'agent' }, 'feeds[0].columns[1].header': undefined },
      'feeds[0].columns[1].derive.from: the feed has no column agent. Name one of its columns',
    ],
    [
      'a derived column with a name in files',
      { 'feeds[0].columns[1].derive': { by: 'ua.device', from: 'visit_id' } },
      'feeds[0].columns[1].header: is that of no file, because the column is derived. Leave it out',
    ],
    [
      'an enrichment that there is not',
      { 'feeds[0].columns[1].derive': { by: 'geo.city', from: 'visit_id' } },
      "feeds[0].columns[1].derive.by: must be 'geo.country' or 'ua.device' or 'iso4217.name'",
    ],
    [
      'a part that lines of a log do not have',
      { 'feeds[0].format': { kind: 'combined-log' } },
      "feeds[0].columns[0].header: must be a part of a log's line: visit_time, ip,",
    ],
    [
      'a format of another kind',
      { 'feeds[0].format': { kind: 'xml' } },
      "feeds[0].format.kind: must be 'csv', 'combined-log', 'ndjson' or 'json'",
    ],
    [
      'the same sign as point and between thousands',
      { 'feeds[0].columns[2].type.thousands': '.' },
      'feeds[0].columns[2].type.thousands: must differ from point',
    ],
    [
      'more decimals than digits',
      { 'feeds[0].columns[2].type.scale': 11 },
      'feeds[0].columns[2].type.scale: must not be greater than precision',
    ],
    ['too many digits', { 'feeds[0].columns[2].type.precision': 66 }, 'feeds[0].columns[2].type.precision: must be 1..65'],
    [
      'choices that differ by case only',
      { 'feeds[0].columns[1].type': { kind: 'choice', values: ['In', 'IN'] } },
      'feeds[0].columns[1].type.values: must differ by more than their case',
    ],
    [
      "a reason of Strata's own",
      { 'feeds[0].columns[0].reason': 'bad_quote' },
      "feeds[0].columns[0].reason: bad_quote is one of Strata's own reasons",
    ],
    [
      'a reason of whole files for a rule or a column',
      { 'feeds[0].reasons': ['bad_key', 'bad_value', 'bad_json'] },
      "feeds[0].reasons[2]: bad_json is one of Strata's own reasons",
    ],
    ...['bad_gzip', 'bad_zstd', 'bad_json', 'bad_encoding', 'bad_header', 'duplicate_file', 'too_many_deletions'].map(
      (reason): [string, Record<string, unknown>, string] => [
        `${reason}, a reason of whole files, for a column`,
        { 'feeds[0].columns[0].reason': reason },
        `feeds[0].columns[0].reason: ${reason} is one of Strata's own reasons`,
      ],
    ),
    [
      'the header of rows that are loaded again',
      { 'feeds[0].columns[0].header': 'Strata_Row' },
      'feeds[0].columns[0].header: is the name of the column that the quarantine',
    ],
    [
      'reasons that do not fit the quarantine',
      { 'feeds[0].reasons': ['bad_key', 'bad_value', ...'abcd'].map((name) => name.padEnd(60, name)) },
      'feeds[0].reasons: must have at most 240',
    ],
    [
      'more reasons than the scanner can note',
      { 'feeds[0].reasons': ['bad_key', 'bad_value', ...Array.from({ length: 30 }, (_, index) => `r${index}`)] },
      'feeds[0].reasons: must hold at most 31 reasons, not 32',
    ],
    ['a pattern that does not compile', { 'feeds[0].match': '(visits' }, 'feeds[0].match: is not a regular expression'],
    [
      'a pattern that takes for ever on some names',
      { 'feeds[0].match': '^([a-z0-9]+[-_]?)+\\.csv$' },
      'feeds[0].match: takes for ever on some names',
    ],
    ['a pattern that compiles only without the flag u', { 'feeds[0].match': '^visits\\-' }, 'feeds[0].match: is not a regular expression'],
    ['an empty key', { 'entities[0].key': [] }, 'entities[0].key: must hold at least one column'],
    [
      'a key column among the values',
      { 'entities[0].values': ['visit_id', 'shop_name', 'spent'] },
      'entities[0].values[0]: visit_id is in the key',
    ],
    [
      'an index on an unknown column',
      { 'entities[0].indexes': [['spend']] },
      "entities[0].indexes[0][0]: spend is neither in the entity's key nor in its values",
    ],
    [
      'an index beyond what InnoDB holds',
      { 'feeds[0].columns[1].type.maxLength': 769 },
      'entities[0].indexes[0]: makes a key of 3076 bytes',
    ],
    [
      'rows beyond what MySQL holds',
      { 'feeds[0].columns': wide, 'entities[0].values': wide.map(({ name }) => name) },
      'entities[0].values: make a row of changes of',
    ],
    [
      "a surrogate named like the engine's table",
      { 'surrogates[0].name': 'loads' },
      "surrogates[0].name: gear.loads is a name of the engine's own",
    ],
    ['a surrogate for numbers', { 'surrogates[0].from[0].column': 'spent' }, 'surrogates[0].from: must be columns of text or choice'],
    ['a hub of an unknown entity', { 'vault.hubs[0].from[0].entity': 'visit' }, 'vault.hubs[0].from[0].entity: there is no entity visit'],
    [
      'a hub whose sources have two types',
      { 'vault.hubs[0].from': ['visit_id', 'spent'].map((column) => ({ entity: 'visits', column })) },
      'vault.hubs[0].from[1].column: is decimal(10,2), but the first one is int unsigned',
    ],
    ['a link to an unknown hub', { 'vault.links[0].hubs[1].hub': 'store' }, 'vault.links[0].hubs[1].hub: there is no hub store'],
    [
      'a link by a column its hub does not read',
      { 'vault.links[0].hubs[1].column': 'spent' },
      'vault.links[0].hubs[1].column: is decimal(10,2), but the key of hub shop',
    ],
    [
      'a driving hub outside of the link',
      { 'vault.links[0].driving': ['country'] },
      'vault.links[0].driving[0]: the link does not connect country',
    ],
    [
      'a driving hub that is not the key',
      { 'vault.links[0].driving': ['shop'] },
      "vault.links[0].driving: must be the hubs of the entity's whole key (visit_id)",
    ],
    [
      'a link of changing values without driving hubs',
      { 'vault.links[0].driving': undefined },
      'vault.links[0]: joins values that change (shop_name)',
    ],
    [
      'a satellite of an unknown link',
      { 'vault.satellites[0].parent': { link: 'sale' } },
      'vault.satellites[0].parent.link: there is no link sale',
    ],
    [
      'a satellite whose parent is not the key',
      { 'vault.satellites[0].parent': { hub: 'shop', column: 'shop_name' } },
      'vault.satellites[0].parent: must be the entity',
    ],
    [
      'a setting that can be no environment variable',
      { sourceSetting: 'shop-source' },
      'sourceSetting: must be the name of an environment variable',
    ],
    [
      "a setting of exports that is Strata's own",
      { exportSetting: 'AWS_EXPORTS' },
      'exportSetting: AWS_EXPORTS may be a setting of Strata',
    ],
    ["a setting of Strata's own", { sourceSetting: 'STRATA_MYSQL_URL' }, 'sourceSetting: STRATA_MYSQL_URL may be a setting of Strata'],
    [
      'an hour that does not exist',
      { 'schedules.process': '0 24 * * *' },
      'schedules.process: is not a cron expression. Correct its hour (0-23)',
    ],
    [
      'a schedule of a feed that is not there',
      { schedules: { daily: '0 1 * * *', feeds: { carts: '0 2 * * *' } } },
      'schedules.feeds.carts: there is no feed carts',
    ],
    [
      'a schedule of a feed without dates',
      { schedules: { daily: '0 1 * * *', feeds: { visits: '0 2 * * *' } } },
      'schedules.feeds.visits: visits has no partition with a group of its match',
    ],
    [
      'a lake whose objects go',
      { 'feeds[0].manifest': '_runs/', 'feeds[0].match': 'visits/.+' },
      "feeds[0].manifest: needs release: 'keep'",
    ],
    [
      'a lake whose keys are names',
      { 'feeds[0].manifest': '_runs/', release: 'keep' },
      'feeds[0].match: must match whole keys of the lake',
    ],
    ['manifests elsewhere', { 'feeds[0].manifest': 'runs/' }, "feeds[0].manifest: must be '_runs/'"],
    ['ids that a column of the key is called', { 'entities[0].ids': 'visit_id' }, 'entities[0].ids: visit_id is a column of the key'],
    [
      'ids of days with names',
      {
        'feeds[0].columns[2].type': { kind: 'date', format: 'yyyymmdd' },
        'surrogates[0].from': [{ entity: 'visits', column: 'spent' }],
      },
      'surrogates[0].initial: are names, and these are days. Leave them out',
    ],
    ['a release that is none', { release: 'move' }, "release: must be 'delete', 'archive' or 'keep'"],
    ['seconds', { releaseAfter: '30 seconds' }, 'releaseAfter: must be a number of minutes, hours or days'],
    ['a time that never comes', { releaseAfter: '367 days' }, 'releaseAfter: must be a number of minutes, hours or days, at most 366 days'],
    ['a folder outside of the definition', { sqlFolder: '../sql' }, 'sqlFolder: must be a folder beside or below'],
  ];
  it.each(single)('refuses %s', (_what, changes, expected) => {
    expect(mistakesOf(spoilt(changes))).toContainEqual(expect.stringContaining(`shop: ${expected}`));
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['a limit of bad rows', { maxErrors: 5 }, /^shop: does not know "maxErrors"; .* run: strata run shop --fail-on quarantined$/],
    [
      'empty values',
      { 'feeds[0].columns[2].type.nullable': true },
      /^shop: feeds\[0\]\.columns\[2\]\.type: does not know "nullable"; "nullable" is not supported: write nullable: true beside the type/,
    ],
    ['another separator', { 'feeds[0].delimiter': ';' }, /"delimiter" is not supported: it belongs to the feed's format: .* delimiter/],
    ['another encoding', { 'feeds[0].Encoding': 'latin1' }, /"Encoding" is not supported: it belongs to the feed's format: .* encoding/],
    [
      'compressed files',
      { 'feeds[0].compression': 'gzip' },
      /"compression" is not supported: it belongs to the feed's format: .* compression/,
    ],
    [
      'another compression',
      { 'feeds[0].format': { kind: 'csv', compression: 'bzip2' } },
      /^shop: feeds\[0\]\.format\.compression: must be 'none', 'gzip', 'zstd' or 'by-name'$/,
    ],
    ['files without a header', { 'feeds[0].header': false }, /"header" is not supported: it belongs to the feed's format: .* header/],
    [
      'deletions',
      { 'feeds[0].deletes': true },
      /"deletes" is not supported: it belongs to the feed: delivery: { kind: 'snapshot', refuseAbove: 0.2 }/,
    ],
    [
      'times',
      { 'feeds[0].columns[2].type': { kind: 'datetime' } },
      /must be 'integer', .* or 'point'; "datetime" is not supported: use 'timestamp'/,
    ],
    [
      'days written otherwise',
      { 'feeds[0].columns[2].type': { kind: 'date', format: 'd/m/yy' } },
      /format: must be 'd\/m\/yyyy', .*'yyyymmdd'; others, .* are not supported: convert/,
    ],
    ['a list left out', { surrogates: undefined }, /^shop: surrogates: is missing. Give it as a list \(\[\.\.\.\]; \[\] for none\)$/],
    ['a number in quotes', { 'feeds[0].columns[1].type.maxLength': '100' }, /maxLength: must be a number, without quotes$/],
  ])('says of %s what to do', (_what, changes, mistake) => {
    expect(mistakesOf(spoilt(changes))).toContainEqual(expect.stringMatching(mistake));
  });

  it('refuses zstd where Node cannot unpack it', () => {
    const missing = zstdMissing();
    expect(mistakesOf(spoilt({ 'feeds[0].format': { kind: 'csv', compression: 'zstd' } }))).toEqual(
      missing === undefined ? [] : [`shop: feeds[0].format.compression: ${missing}`],
    );
    expect(mistakesOf(spoilt({ 'feeds[0].format': { kind: 'csv', compression: 'by-name' } }))).toEqual([]);
  });

  it('names the feeds and columns that it tells by their numbers', () => {
    const spoil = () => validatePipelines([spoilt({ 'feeds[0].columns[1].type.maxLength': 0, 'vault.links[0].driving': ['country'] })]);
    expect(spoil).toThrow(
      /^2 mistakes in the pipelines' definitions, where feeds\[0\] is visits, feeds\[0\]\.columns\[1\] is shop_name, vault\.links\[0\] is visit_shop:\n/,
    );
  });

  it('refuses tables, patterns and names that two pipelines share', () => {
    const other = spoilt({
      name: 'other',
      'feeds[0].name': 'calls',
      'entities[0].from[0].feed': 'calls',
      'vault.hubs': [],
      'vault.links': [],
      'vault.satellites': [],
      surrogates: [],
    });
    expect(mistakesOf(visits(), other)).toEqual([
      'other: entities[0].name: makes the table bulk.visits, which shop: entities[0].name makes already. Rename one, or give one of the pipelines a tablePrefix',
      'other: feeds[0].match: is the same as that of shop: feeds[0]. An object belongs to one feed at most',
    ]);
    const apart = spoilt({ tablePrefix: 'other_', 'feeds[0].match': '^calls' }, other);
    expect(mistakesOf(visits(), apart)).toEqual([]);
    expect(mistakesOf(visits(), spoilt({ tablePrefix: '2_' }, apart))).toEqual([
      'other: tablePrefix: must be snake_case: a lower-case letter, then lower-case letters, digits and _',
    ]);
    const long = 'visits_of_people_who_came_here_to_see_it_again';
    expect(mistakesOf(spoilt({ tablePrefix: 'fourteen_more_', 'entities[0].name': long }, apart))).toContainEqual(
      `other: entities[0].name: makes the table gear.changes_fourteen_more_${long}, whose name has more than 64 characters. Shorten it, or tablePrefix`,
    );
    expect(mistakesOf(visits(), spoilt({ 'feeds[0].match': '^(calls|visits)' }, other))).toContainEqual(
      'other: feeds[0].match: calls and visits both match a file named "visits.csv", the other by shop: feeds[0].match. An object belongs to one feed at most, so narrow one of them',
    );
    expect(mistakesOf(visits(), spoilt({ 'feeds[0].match': '^(calls|visits)', sourceSetting: 'CALLS_SOURCE_URL' }, other))).toHaveLength(1);
    expect(mistakesOf(visits(), visits())).toContainEqual('shop: name: is the name of two pipelines. Rename one');
  });

  it.each([[undefined], [null], ['shop'], [[]], [{}], [{ feeds: [null, 3], vault: 'none' }]])(
    'refuses %j without failing on it',
    (definition) => {
      expect(mistakesOf(definition).length).toBeGreaterThan(0);
    },
  );
});
