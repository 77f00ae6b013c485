import { chain } from './chain.mjs';
import { flat } from './flat.mjs';
import { landing } from './landing.mjs';
import { latency } from './latency.mjs';
import { memory } from './memory.mjs';
import { profile } from './profile.mjs';
import { scaleOut } from './scale-out.mjs';
import { smallFiles } from './small-files.mjs';

/**
 * @typedef {object} Scenario
 * @property {string} name
 * @property {string} title of its section
 * @property {string} summary one line for --help
 * @property {boolean} [everyDatabase] it takes all databases itself; the others run on one
 * @property {(bench: import('../context.mjs').Bench) => Promise<readonly import('../markdown.mjs').Block[]>} run
 */

/** @type {readonly Scenario[]} in the order of the report */
export const scenarios = [landing, chain, profile, flat, latency, smallFiles, memory, scaleOut];
export const scenarioNames = scenarios.map(({ name }) => name);
