import type { DatedRead } from './dated-output.js';

/** `order_versions up to date` or `web_visits of date`, one each; mistakes go to `problem`. */
export function parseReads(parts: readonly string[], problem: (text: string) => void): readonly DatedRead[] {
  return parts.flatMap((part) => {
    const [, entity, how] = /^([a-z][a-z0-9_]*) (up to|of) date$/.exec(part) ?? [];
    if (entity === undefined) {
      problem(`\`reads\`: write \`<entity> up to date\` or \`<entity> of date\`, not \`${part}\``);
      return [];
    }
    return [{ entity, upTo: how === 'up to' }];
  });
}
