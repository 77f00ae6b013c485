import type { Command } from 'commander';
import { visibleLine } from '../../../contracts/escape-controls.js';
import { ruleLine } from '../../../engine/read/broken-rules.js';
import { byteSize } from '../../../contracts/format-numbers.js';
import type { Cli } from '../../cli.js';
import { wholeNumber, withJson } from '../../grammar.js';
import { quarantineEntries } from '../../../status/quarantine-entries.js';
import { withoutText } from './entry-json.js';
import { whereTo } from './where-to.js';
import { UsageError } from '../../usage-error.js';

/** `strata quarantine show`: what was delivered, and which rules it breaks. */
export function showCommand(command: Command, cli: Cli): void {
  withJson(command.description('show the text of one entry and the rules that it breaks'), ['strata quarantine show 7'])
    .argument('<entry>', 'the number of the entry, from strata quarantine list', wholeNumber)
    .action(async (id: number, options: { json?: boolean }) => {
      const project = await cli.project({ warehouse: true });
      const [entry] = await cli.withWarehouse(project, (warehouse) => quarantineEntries(warehouse, project, { entry: id, limit: 1 }));
      if (!entry) throw new UsageError(`the quarantine has no entry ${id}. To see the entries, run: strata quarantine list`);
      const { raw, rules, problem, found } = entry;
      if (options.json) return cli.out.json({ ...withoutText(entry), rules, found, rawBase64: raw.toString('base64') });
      cli.out.prose(
        `entry ${entry.quarantineId}: ${visibleLine(entry.objectKey)}, line ${entry.lineNumber} (load ${entry.loadId}, feed ${entry.feed})`,
      );
      cli.out.prose(`reasons: ${entry.reasons.join(',')}${problem === undefined ? '' : ` (${problem})`}`);
      if (found !== undefined) cli.out.prose(visibleLine(found));
      for (const rule of rules ?? [])
        cli.out.prose(`- ${ruleLine(rule)}${rule.value === undefined ? '' : `: found ${JSON.stringify(rule.value)}`}`);
      if (rules?.length === 0)
        cli.out.prose(`- it breaks no rule of the current definition, so it can be loaded again: strata quarantine export ${entry.loadId}`);
      cli.out.prose(
        `bytes: ${byteSize(entry.rowBytes)} from byte ${entry.rowOffset}${entry.rowBytes > raw.length ? `, the first ${byteSize(raw.length)} are kept` : ''}`,
      );
      cli.out.prose(whereTo(project, entry));
      cli.out.line();
      cli.out.line(raw.toString('utf8'));
    });
}
