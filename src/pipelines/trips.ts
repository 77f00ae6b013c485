import { definePipeline } from '../index.js';

const name = { kind: 'text', maxLength: 100, dictionary: true } as const;
const point = { kind: 'point' } as const;

/** Trips of vehicles, any number of them: each good row of a file is a trip. They have no key, and a file with the same bytes is loaded once. */
export const trips = definePipeline({
  name: 'trips',
  sourceSetting: 'TRIPS_SOURCE_URL',
  schedules: { pickup: '*/3 * * * *', process: '*/10 * * * *', aggregate: '*/10 * * * *' },
  alerts: [
    { when: ['failed', 'late', 'quarantined', 'refused'], to: ['TRIPS_ALERTS'] },
    { when: ['loaded'], to: ['TRIPS_LOADED'] },
  ],
  feeds: [
    {
      name: 'trips',
      match: '^trips([-_].*)?\\.csv(\\.gz|\\.zst)?$',
      format: { kind: 'csv', compression: 'by-name' },
      reasons: [
        ...['missing_region', 'missing_datasource', 'bad_point', 'bad_date', 'too_long'],
        ...['too_many_regions', 'too_many_datasources'],
      ],
      columns: [
        {
          name: 'region',
          header: 'region',
          type: name,
          reason: { bad: 'too_long', empty: 'missing_region', full: 'too_many_regions' },
        },
        { name: 'origin', header: 'origin_coord', type: point, reason: 'bad_point' },
        { name: 'destination', header: 'destination_coord', type: point, reason: 'bad_point' },
        {
          name: 'datetime',
          header: 'datetime',
          type: { kind: 'timestamp', zone: 'none', precision: 0, form: 'strict' },
          reason: 'bad_date',
        },
        {
          name: 'datasource',
          header: 'datasource',
          type: name,
          reason: { bad: 'too_long', empty: 'missing_datasource', full: 'too_many_datasources' },
        },
      ],
    },
  ],
  entities: [
    {
      name: 'trips',
      description: 'a trip',
      append: true,
      cell: 'origin',
      order: ['datetime'],
      copies: [{ cell: 'destination', values: ['region', 'origin', 'destination', 'datetime'] }],
      values: ['region', 'datasource', 'origin', 'destination', 'datetime'],
      from: [{ feed: 'trips' }],
    },
  ],
  areas: [
    {
      name: 'weekly',
      description: 'count trips in an area, and how many a week that is',
      entity: 'trips',
      points: ['origin', 'destination'],
      time: 'datetime',
      of: 'region',
    },
  ],
  surrogates: [],
  vault: { hubs: [], links: [], satellites: [] },
  sqlFolder: 'sql/trips',
});
