import { beforeAll, it } from '@jest/globals';
import { Lab, type LabOptions } from './lab.js';

/**
 * A test that has a lab of its own. All of a file's scenarios begin at once, for most of their time goes by with waiting until a
 * heartbeat was missed for long enough.
 */
export function scenario(name: string, options: LabOptions, work: (lab: Lab) => Promise<void>): void {
  let outcome: Promise<void> | undefined;
  beforeAll(() => {
    outcome = inLab(options, work);
    outcome.catch(() => undefined);
  });
  it(name, () => outcome, 480_000);
}

async function inLab(options: LabOptions, work: (lab: Lab) => Promise<void>): Promise<void> {
  const lab = await Lab.open(options);
  try {
    await work(lab);
  } catch (error) {
    process.stderr.write(`the workers wrote:\n${lab.output}\n`);
    throw error;
  } finally {
    await lab.close();
  }
}

/** A door that tests open by hand. */
export class Door {
  open: () => void = () => undefined;
  readonly opened = new Promise<void>((resolve) => (this.open = resolve));
}
