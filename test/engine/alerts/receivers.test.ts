import { describe, expect, it } from '@jest/globals';
import { readSettings } from '../../../src/config/settings.js';
import { findReceiver, receiverMistakes, receiverSettings, receiversOf } from '../../../src/engine/alerts/receivers.js';
import { validatePipelines } from '../../../src/engine/definition/validate.js';
import { eastrock } from '../../../src/pipelines/eastrock.js';

const definition = {
  alerts: [
    { when: ['failed', 'late'], to: ['OPS', 'DATA'] },
    { when: ['failed', 'refused'], to: ['DATA'] },
  ],
} as const;
const environment = { OPS: 'mailto:ops@example.com, https://chat.example.com/hooks/secret', DATA: 'data@example.com,ops@example.com' };

describe('receivers', () => {
  it('are those of every rule of the kind, each once', () => {
    const addresses = (kind: 'failed' | 'late' | 'refused' | 'quarantined') =>
      receiversOf(definition, kind, environment).map(({ address }) => address);
    expect(addresses('failed')).toEqual(['ops@example.com', 'https://chat.example.com/hooks/secret', 'data@example.com']);
    expect(addresses('refused')).toEqual(['data@example.com', 'ops@example.com']);
    expect(addresses('quarantined')).toEqual([]);
    expect(receiversOf(definition, 'failed', {})).toEqual([]);
    expect(receiverSettings(definition)).toEqual(['OPS', 'DATA']);
    expect(receiverSettings({})).toEqual([]);
  });

  it('are found again by what names no secret', () => {
    const webhook = receiversOf(definition, 'late', environment).find(({ kind }) => kind === 'webhook')!;
    const { address, ...named } = webhook;
    expect(JSON.stringify(named)).not.toContain('secret');
    expect(named).toMatchObject({ setting: 'OPS', shown: 'webhook, chat.example.com' });
    expect(findReceiver(named, environment)).toEqual({ ...named, address });
    expect(findReceiver(named, { OPS: 'https://chat.example.com/hooks/other' })).toBeUndefined();
  });

  it.each([
    'ops',
    'ops@',
    'ftp://example.com',
    'https://user:password@example.com/x',
    'a b@example.com',
    'x@example.com\r\nBcc: y@example.com',
  ])('are refused where they are neither a mail address nor a webhook, without their text: %j', (value) => {
    const mistakes = receiverMistakes(`ops@example.com, ${value}`);
    expect(mistakes).toEqual([expect.stringMatching(/^entry 2 must be /)]);
  });

  it('need the settings of the servers that take messages to them', () => {
    const read = (more: Readonly<Record<string, string>>) => () =>
      readSettings({ ...environment, ...more }, { receivers: ['OPS', 'DATA'] });
    expect(read({})).toThrow(
      /STRATA_SMTP_URL: is missing\. A mail address in OPS needs it[\s\S]*STRATA_MAIL_FROM: [\s\S]*STRATA_WEBHOOK_SECRET: /,
    );
    const whole = { STRATA_SMTP_URL: 'smtp://mail', STRATA_MAIL_FROM: 'Strata <s@example.com>', STRATA_WEBHOOK_SECRET: 'x'.repeat(24) };
    expect(read(whole)().mail).toEqual({ url: 'smtp://mail', from: 'Strata <s@example.com>' });
    expect(read({ ...whole, STRATA_SMTP_URL: 'mail.example.com' })).toThrow('STRATA_SMTP_URL: must look like smtp://');
    expect(read({ ...whole, STRATA_WEBHOOK_SECRET: 'short' })).toThrow('STRATA_WEBHOOK_SECRET: must have at least 24 characters');
    expect(readSettings({}, { receivers: ['OPS'] }).mail).toBeUndefined();
  });
});

describe('alerts of a definition', () => {
  const checked = (alerts: unknown, lateAfter?: string) => () =>
    validatePipelines([{ ...eastrock, alerts, ...(lateAfter && { lateAfter }) }]);

  it('are checked with everything else', () => {
    expect(checked([{ when: ['failed'], to: ['EASTROCK_ALERTS'] }], '2 hours')()).toHaveLength(1);
    expect(
      checked(
        [
          { when: ['failed', 'slow'], to: ['STRATA_OPS'] },
          { when: [], to: ['ops'] },
        ],
        'soon',
      ),
    ).toThrow(
      /alerts\[0\]\.when\[1\]: must be one of failed, late[\s\S]*alerts\[1\]\.when: must hold at least one kind[\s\S]*alerts\[1\]\.to\[0\]: must be the name of an environment variable/,
    );
    expect(checked([{ when: ['failed'], to: ['STRATA_OPS'] }])).toThrow('alerts[0].to[0]: STRATA_OPS may be a setting of Strata');
    expect(checked([{ when: ['failed'], to: ['OPS'] }], 'soon')).toThrow('lateAfter: must be a number of minutes');
  });
});
