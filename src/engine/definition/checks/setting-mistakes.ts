import { at } from '../shape-mistakes.js';

/** Settings that mean something else already. */
const reserved = /^(STRATA|AWS|TEMPORAL)_/;

/** The mistake of naming an environment variable that is somebody else's, or may become so. */
export function settingMistakes(path: string, name: string | undefined): string[] {
  if (name === undefined || !reserved.test(name)) return [];
  return [at(path, `${name} may be a setting of Strata, AWS or Temporal. Choose another name`)];
}
