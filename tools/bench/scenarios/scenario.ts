import type { Bench } from '../context.js';
import type { Block } from '../report/markdown.js';

export interface Scenario {
  readonly name: string;
  /** Of its section. */
  readonly title: string;
  /** One line for --help. */
  readonly summary: string;
  /** It takes all databases itself; the others run on one. */
  readonly everyDatabase?: boolean;
  run(bench: Bench): Promise<readonly Block[]>;
}
