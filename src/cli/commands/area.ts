import type { Command } from 'commander';
import type { Area } from '../../engine/areas/area.js';
import type { AreaAnswer } from '../../engine/areas/area-answer.js';
import { AreaRequestError } from '../../engine/areas/area-request-error.js';
import { byChoices, parseAreaRequest } from '../../engine/areas/area-request.js';
import { weekName, weekOfYearWeek } from '../../engine/areas/weeks.js';
import { answerArea } from '../../status/areas/answer-area.js';
import { counted } from '../../contracts/format-numbers.js';
import type { Cli } from '../cli.js';
import { withJson } from '../grammar.js';
import { UsageError } from '../usage-error.js';

interface Options {
  readonly box?: string;
  readonly by?: string;
  readonly from?: string;
  readonly to?: string;
  readonly wrap?: boolean;
  readonly json?: boolean;
  /** The option of the area's column `of`. */
  readonly [of: string]: string | boolean | undefined;
}

/** `strata <pipeline> <area>`: how many rows lie in a box, and how many a week that is. */
export function areaCommand(command: Command, cli: Cli, area: Area): void {
  const called = `strata ${area.pipeline} ${area.name}`;
  const choices = byChoices(area);
  withJson(command, [`${called} --box 14.40,50.05,14.45,50.10`, `${called} --${area.of} Prague --from 2018-05-01 --to 2018-05-31 --json`])
    .option('--box <lon1,lat1,lon2,lat2>', 'a rectangle in degrees, its edges included (default: everywhere)')
    .option(`--${area.of} <${area.of}>`, `only rows of this ${area.of} (default: all)`)
    .option('--by <point>', `the point that must lie in the box: ${choices.join(', ')} (default: ${choices[0]})`)
    .option('--from <day>', 'only this day and later ones, as in 2018-05-28')
    .option('--to <day>', 'only this day and earlier ones')
    .option('--wrap', 'the box goes east from lon1 to lon2, across the antimeridian if lon1 is greater')
    .action(async (options: Options) => {
      const of = options[camelCase(area.of)];
      const request = asked(() => parseAreaRequest(area, { ...options, of: typeof of === 'string' ? of : undefined }));
      const project = await cli.project({ warehouse: true });
      const answer = await cli.withWarehouse(project, (warehouse) => answerArea(warehouse, area, request)).catch(refuse);
      if (options.json) return cli.out.json(answer);
      show(cli, area, answer);
    });
}

function show(cli: Cli, { entity }: Area, answer: AreaAnswer): void {
  const { trips, weeks, average, first_week: first, last_week: last, series, box } = answer;
  const during = first === null ? '' : `, ${counted(weeks, 'week')} from ${first} to ${last}`;
  cli.out.prose(`${average} ${entity} a week: ${trips} ${entity}${during}${box ? `, in the box ${box.join(',')}` : ''}`);
  if (series.length > 0)
    cli.out.table(
      ['week', entity],
      series.map((each) => [weekName(weekOfYearWeek(each.year * 100 + each.week)), each.trips]),
    );
}

/** What a wrong question is, the person can fix. */
function asked<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    return refuse(error);
  }
}

function refuse(error: unknown): never {
  if (error instanceof AreaRequestError) throw new UsageError(error.message);
  throw error;
}

/** As commander names the value of an option. */
function camelCase(name: string): string {
  return name.replace(/[-_]([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase());
}
