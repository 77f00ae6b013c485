import { definePipeline } from '../index.js';

const id = { kind: 'integer', min: '1', max: '2147483647' } as const;

/** Files of JSON, arrays or lines, that come beside the operational database of totesys: what customers say of its designs. */
export const totesysFiles = definePipeline({
  name: 'totesys_files',
  sourceSetting: 'TOTESYS_FILES_URL',
  release: 'keep',
  alerts: [{ when: ['failed', 'late', 'quarantined', 'refused'], to: ['TOTESYS_ALERTS'] }],
  schedules: { pickup: '*/5 * * * *', process: '*/5 * * * *', aggregate: '*/5 * * * *' },
  feeds: [
    {
      name: 'product_reviews',
      match: '(?:[^/]+/)*product_reviews[^/]*\\.(?:json|ndjson|jsonl)',
      format: { kind: 'json', extraColumns: 'ignore' },
      reasons: ['bad_key', 'bad_number', 'bad_timestamp', 'too_long'],
      columns: [
        { name: 'review_id', header: 'review_id', type: id, reason: 'bad_key' },
        { name: 'design_id', header: 'design_id', type: id, reason: 'bad_key' },
        { name: 'stars', header: 'stars', type: { kind: 'integer', min: '1', max: '5' }, reason: 'bad_number' },
        {
          name: 'review_text',
          header: 'text',
          type: { kind: 'text', maxLength: 1_048_576, trim: 'none', empty: '' },
          nullable: true,
          reason: 'too_long',
        },
        {
          name: 'reviewed_at',
          header: 'reviewed_at',
          type: { kind: 'timestamp', zone: 'given-or-utc', precision: 6, form: 'strict' },
          nullable: true,
          reason: 'bad_timestamp',
        },
      ],
    },
  ],
  entities: [
    {
      name: 'product_reviews',
      key: ['review_id'],
      values: ['design_id', 'stars', 'review_text', 'reviewed_at'],
      indexes: [['design_id']],
      from: [{ feed: 'product_reviews' }],
    },
  ],
  surrogates: [],
  vault: { hubs: [], links: [], satellites: [] },
  sqlFolder: 'sql/totesys_files',
});
