import { definePipeline, type ColumnDefinition } from '../index.js';

const uint32 = { kind: 'integer', min: '1', max: '4294967295' } as const;
const dayFirst = { kind: 'date', format: 'd/m/yyyy' } as const;
const reasons = ['missing_key', 'bad_key', 'bad_date', 'bad_amount', 'bad_duration', 'bad_type', 'too_long'];
const userId = { name: 'user_id', header: 'UserID', type: uint32, reason: 'bad_key' } as const satisfies ColumnDefinition;

/** Games, users and payments of an online games company: CSV files in a bucket to marts by day and in total. */
export const eastrock = definePipeline({
  name: 'eastrock',
  sourceSetting: 'EASTROCK_SOURCE_URL',
  alerts: [{ when: ['failed', 'late', 'quarantined', 'refused'], to: ['EASTROCK_ALERTS'] }],
  schedules: { pickup: '*/3 * * * *', process: '*/10 * * * *', aggregate: '*/10 * * * *' },
  feeds: [
    {
      name: 'users',
      match: '^users([-_].*)?\\.csv$',
      reasons,
      columns: [
        userId,
        { name: 'user_name', header: 'UserName', type: { kind: 'text', maxLength: 255, empty: '' }, reason: 'too_long' },
        { name: 'signup_date', header: 'SignUpDate', type: dayFirst, reason: 'bad_date' },
        { name: 'country', header: 'Country', type: { kind: 'text', maxLength: 150, empty: 'Unknown' }, reason: 'too_long' },
      ],
    },
    {
      name: 'games',
      match: '^games([-_].*)?\\.csv$',
      reasons,
      columns: [
        { name: 'game_id', header: 'GameID', type: uint32, reason: { empty: 'missing_key', bad: 'bad_key' } },
        userId,
        { name: 'game_type', header: 'GameType', type: { kind: 'text', maxLength: 100, empty: 'Unknown' }, reason: 'too_long' },
        { name: 'play_date', header: 'PlayDate', type: dayFirst, reason: 'bad_date' },
        { name: 'duration', header: 'Duration', type: { kind: 'integer', min: '0', max: '2147483647' }, reason: 'bad_duration' },
      ],
    },
    {
      name: 'payments',
      match: '^payments([-_].*)?\\.csv$',
      reasons,
      columns: [
        {
          name: 'transaction_id',
          header: 'TransactionID',
          type: { kind: 'integer', min: '1', max: '18446744073709551615' },
          reason: { empty: 'missing_key', bad: 'bad_key' },
        },
        userId,
        { name: 'amount', header: 'Amount', type: { kind: 'decimal', precision: 13, scale: 2 }, reason: 'bad_amount' },
        { name: 'transaction_date', header: 'TransactionDate', type: dayFirst, reason: 'bad_date' },
        { name: 'type', header: 'Type', type: { kind: 'choice', values: ['Deposit', 'Withdrawal', 'Correction'] }, reason: 'bad_type' },
      ],
    },
  ],
  entities: [
    {
      name: 'users',
      key: ['user_id'],
      values: ['user_name', 'signup_date', 'country'],
      from: [{ feed: 'users' }],
    },
    {
      name: 'games',
      // By date first: a period lies together, and new days go to the end.
      key: ['play_date', 'game_id', 'user_id'],
      values: ['game_type', 'duration'],
      // Covering: a mart that recomputes games or users reads ranges of these alone.
      indexes: [
        ['game_id', 'user_id', 'play_date', 'duration'],
        ['user_id', 'play_date', 'game_id', 'duration'],
      ],
      from: [{ feed: 'games' }],
    },
    { name: 'game_catalog', key: ['game_id'], values: ['game_type'], from: [{ feed: 'games' }] },
    {
      name: 'payments',
      key: ['transaction_id'],
      values: ['user_id', 'amount', 'transaction_date', 'type'],
      indexes: [
        ['transaction_date', 'user_id', 'type', 'amount'],
        ['user_id', 'transaction_date', 'type', 'amount'],
      ],
      from: [{ feed: 'payments' }],
    },
  ],
  surrogates: [
    { name: 'country_ids', id: 'country_id', value: 'country', from: [{ entity: 'users', column: 'country' }], initial: ['Unknown'] },
    { name: 'game_type_ids', id: 'game_type_id', value: 'game_type', from: [{ entity: 'game_catalog', column: 'game_type' }] },
  ],
  vault: {
    hubs: [
      {
        name: 'user',
        key: 'user_id',
        from: [
          { entity: 'users', column: 'user_id' },
          { entity: 'games', column: 'user_id' },
          { entity: 'payments', column: 'user_id' },
        ],
      },
      {
        name: 'game',
        key: 'game_id',
        from: [
          { entity: 'games', column: 'game_id' },
          { entity: 'game_catalog', column: 'game_id' },
        ],
      },
      { name: 'game_type', key: 'game_type', from: [{ entity: 'game_catalog', column: 'game_type' }] },
      { name: 'country', key: 'country', from: [{ entity: 'users', column: 'country' }] },
      { name: 'transaction', key: 'transaction_id', from: [{ entity: 'payments', column: 'transaction_id' }] },
    ],
    links: [
      {
        name: 'user_country',
        entity: 'users',
        hubs: [
          { hub: 'user', column: 'user_id' },
          { hub: 'country', column: 'country' },
        ],
        driving: ['user'],
      },
      {
        name: 'game_game_type',
        entity: 'game_catalog',
        hubs: [
          { hub: 'game', column: 'game_id' },
          { hub: 'game_type', column: 'game_type' },
        ],
        driving: ['game'],
      },
      {
        name: 'play',
        entity: 'games',
        hubs: [
          { hub: 'user', column: 'user_id' },
          { hub: 'game', column: 'game_id' },
        ],
        dependent: ['play_date'],
      },
      {
        name: 'payment',
        entity: 'payments',
        hubs: [
          { hub: 'transaction', column: 'transaction_id' },
          { hub: 'user', column: 'user_id' },
        ],
        driving: ['transaction'],
      },
    ],
    satellites: [
      { name: 'user', entity: 'users', parent: { hub: 'user', column: 'user_id' }, columns: ['user_name', 'signup_date'] },
      { name: 'play', entity: 'games', parent: { link: 'play' }, columns: ['game_type', 'duration'] },
      {
        name: 'transaction',
        entity: 'payments',
        parent: { hub: 'transaction', column: 'transaction_id' },
        columns: ['amount', 'transaction_date', 'type'],
      },
    ],
  },
  sqlFolder: 'sql/eastrock',
});
