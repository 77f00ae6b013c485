import { afterAll, describe, expect, it } from '@jest/globals';
import { smallPipeline } from '../../support/small-pipeline.js';
import { StrataProcess } from '../../support/strata-process.js';

describe('strata alerts list', () => {
  const pipeline = smallPipeline();
  const { name, settings } = pipeline;
  afterAll(() => pipeline.drop());

  it('does not say that nothing is wrong where nobody looks', async () => {
    const list = (definitions: string, ...args: string[]) =>
      StrataProcess.run(['alerts', 'list', ...args], { ...settings, STRATA_PIPELINES: definitions });
    expect(await list(settings['STRATA_PIPELINES']!)).toMatchObject({
      code: 0,
      stdout: `no incident is open
the definition of ${name} has no alerts, so nobody looks for trouble of it. To add some, see docs/how-to/operate/alerts.md
`,
    });
    const watched = pipeline.variant((base) => ({ ...base, alerts: [{ when: ['failed'], to: ['SMALL_ALERTS'] }] }));
    for (const [args, first] of [
      [[], 'no incident is open'],
      [['--all'], 'there were no incidents'],
    ] as const)
      expect((await list(watched, ...args)).stdout).toBe(
        `${first}\nnobody has looked for trouble of ${name} yet. Run: strata schedules apply ${name}. Where that is done, start a worker\n`,
      );
    expect(JSON.parse((await list(watched, '--json')).stdout)).toEqual([]);
  });
});
