import { b2bDays } from './b2b.js';
import { chain } from './chain.js';
import { flat } from './flat.js';
import { tableToLake } from './extracts/lake.js';
import { landing } from './landing.js';
import { latency } from './latency.js';
import { memory } from './memory.js';
import { profile } from './profile.js';
import { scaleOut } from './scale-out.js';
import { totesysExtracts } from './extracts/totesys.js';
import { tripsOfSizes } from './trips.js';
import type { Scenario } from './scenario.js';
import { smallFiles } from './small-files.js';

/** In the order of the report. */
export const scenarios: readonly Scenario[] = [
  landing,
  chain,
  profile,
  flat,
  latency,
  smallFiles,
  memory,
  scaleOut,
  b2bDays,
  totesysExtracts,
  tableToLake,
  tripsOfSizes,
];
export const scenarioNames = scenarios.map(({ name }) => name);
