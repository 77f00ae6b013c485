import { UAParser } from 'ua-parser-js';
import type { Enrichment } from './enrichment.js';
import { RecentResults } from './recent-results.js';

/** Bytes of an agent that are looked at: longer ones are attacks. */
const looked = 1_024;
/** Different agents remembered; most visits come from few. */
const remembered = 50_000;
/** Cubot makes phones. */
const bot =
  /(?<!cu)bot\b|crawl|spider|slurp|externalhit|mediapartners|archiver|bingpreview|scrapy|curl\/|wget\/|python-|go-http-client|libwww|headless/i;

/**
 * The device that a user agent names: `vendor model` where it is known, else the operating system, else 'Unknown'; 'Bot' for programs.
 * Browsers that hide the model say 'K', which is not a model.
 */
export function deviceEnrichment(version: string): Enrichment {
  const devices = new RecentResults(remembered, deviceOf);
  return {
    name: 'ua.device',
    version,
    apply: (agent) => (agent === null || agent === '' ? 'Unknown' : devices.of(beginning(agent))),
  };
}

/** A character has three bytes of UTF-8 at most. */
function beginning(agent: string): string {
  return 3 * agent.length <= looked ? agent : Buffer.from(agent).toString('utf8', 0, looked);
}

function deviceOf(agent: string): string {
  if (bot.test(agent)) return 'Bot';
  const parser = new UAParser(agent);
  const { vendor, model } = parser.getDevice();
  if (model !== undefined && model !== 'K') return vendor === undefined || model.startsWith(vendor) ? model : `${vendor} ${model}`;
  return parser.getOS().name ?? 'Unknown';
}
