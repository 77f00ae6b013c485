import { StrataError } from '../../engine/strata-error.js';

/** The address that a setting holds. Throws `misconfigured`, without the address. */
export function httpAddress(text: string, setting: string): URL {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new StrataError('misconfigured', `${setting}: must look like https://host/path`);
  return new URL(text);
}
