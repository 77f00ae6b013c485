import type { Command } from 'commander';
import { checkDefinitions } from '../../../gear/migrate/check-definitions.js';
import { counted, grouped } from '../../../contracts/format-numbers.js';
import { roomOf, type Room } from '../../../engine/definition/checks/check-sizes.js';
import { entitiesOf } from '../../../engine/entities/entity.js';
import type { CompiledPipeline } from '../../../engine/compiled-pipeline.js';
import { StrataError } from '../../../engine/strata-error.js';
import type { Cli } from '../../cli.js';
import { withJson } from '../../grammar.js';

interface Options {
  readonly json?: boolean;
  readonly offline?: boolean;
}

/** `strata check`: whether definitions and SQL files are right, without changing anything. */
export function checkCommand(command: Command, cli: Cli): void {
  withJson(command, ['strata check', 'STRATA_PIPELINES=./shop/shop.js strata check --offline'])
    .option('--offline', 'check only definitions and files, without the server')
    .action(async ({ json, offline }: Options) => {
      const project = await cli.project({ warehouse: !offline });
      const pipelines = [...project.pipelines.values()].map((pipeline) => ({ pipeline: pipeline.definition.name, ...partsOf(pipeline) }));
      const { settings, schema } = project;
      const { problems, differences } = offline
        ? { problems: [], differences: [] }
        : await cli.withWarehouse(project, (admin) => checkDefinitions(admin, settings.schemaPrefix, schema), 'admin');
      if (problems.length > 0)
        throw new StrataError(
          'definition',
          `the server can't run what these files say:\n${problems.map((line) => `  - ${line}`).join('\n')}\nNothing was changed. Correct the files, then run: strata check`,
        );
      const changes = differences.filter(({ statement }) => statement !== undefined).map(({ text }) => text);
      const refused = differences.filter(({ statement }) => statement === undefined).map(({ text }) => text);
      if (json) return cli.out.json({ pipelines, statements: offline ? 0 : (schema.checked ?? []).length, changes, refused });
      for (const { pipeline, ...parts } of pipelines)
        cli.out.line(`${pipeline}: ${kinds.map(([part, one]) => counted(parts[part], one, part)).join(', ')}`);
      for (const { entity, inValues, inKey } of tightest(pipelines.flatMap(({ room }) => room)))
        cli.out.prose(
          `${entity} has room for ${counted(inValues, 'character')} more of text in its values${inKey === undefined ? '' : `, and for ${grouped(inKey)} in its key`}`,
        );
      if (!offline) cli.out.prose(`the server can run all ${counted((schema.checked ?? []).length, 'statement')} of the SQL files`);
      for (const text of changes) cli.out.prose(`strata migrate will change: ${text}`);
      for (const text of refused) cli.out.prose(`strata migrate will refuse: ${text}`);
      cli.out.prose(
        refused.length > 0 ? 'the definitions are right, but the tables of the warehouse differ from them' : 'everything is right',
      );
    });
}

/** An author of the others need not think of it. */
function tightest(rooms: readonly EntityRoom[]): readonly EntityRoom[] {
  return rooms.filter(({ inValues, inKey = Infinity }) => inValues < littleRoom || inKey < littleRoom);
}

/** Characters: a few columns of common texts. */
const littleRoom = 500;

interface EntityRoom extends Room {
  readonly entity: string;
}

const kinds = [
  ['feeds', 'feed'],
  ['entities', 'entity'],
  ['marts', 'mart'],
  ['views', 'view'],
  ['exports', 'export'],
] as const;

function partsOf({ definition, catalog, exports, datedOutputs }: CompiledPipeline) {
  const dated = datedOutputs.filter(({ kind }) => kind === 'dated-export').length;
  // The sums that are kept for areas have no files: their path is their name.
  const additive = catalog.additiveMarts.filter(({ path, target }) => path !== target).length;
  return {
    feeds: definition.feeds.length,
    entities: definition.entities.length,
    marts: catalog.marts.length + catalog.datedMarts.length + additive,
    views: catalog.views.length,
    exports: exports.length + dated,
    room: entitiesOf(definition).map((entity): EntityRoom => ({ entity: entity.tables.bulk, ...roomOf(entity) })),
  };
}
