import type { Command } from 'commander';
import type { Cli } from '../cli.js';
import { withJson } from '../grammar.js';
import { diagnose } from '../doctor/diagnose.js';
import type { Finding } from '../doctor/finding.js';

/** `strata doctor`: looks at every dependency and says what is wrong and what fixes it. */
export function doctorCommand(command: Command, cli: Cli): void {
  withJson(command, ['strata doctor', 'strata doctor --json']).action(async (options: { json?: boolean }) => {
    const findings: Finding[] = [];
    for await (const finding of diagnose(cli)) {
      findings.push(finding);
      if (!options.json) print(cli, finding);
    }
    const wrong = countOf('wrong', findings);
    cli.exitCode = wrong > 0 ? 1 : 0;
    if (options.json) return cli.out.json({ ok: wrong === 0, findings });
    cli.out.line(verdict(findings));
  });
}

function verdict(findings: readonly Finding[]): string {
  const wrong = countOf('wrong', findings);
  if (wrong > 0) return `${wrong} of ${findings.length} checks failed`;
  const notes = countOf('warning', findings);
  return notes === 0 ? 'all is well' : `no check failed, ${notes} ${notes === 1 ? 'note' : 'notes'}`;
}

function countOf(state: Finding['state'], findings: readonly Finding[]): number {
  return findings.filter((each) => each.state === state).length;
}

const marks = { good: 'ok  ', warning: 'note', wrong: 'FAIL' } as const;

function print({ out }: Cli, { check, state, message }: Finding): void {
  const [first = '', ...rest] = message.split('\n');
  out.prose(`${marks[state]}  ${check}${first === '' ? '' : `: ${first}`}`, 6);
  for (const line of rest) out.prose(`      ${line}`);
}
