import { duration } from '../format-times.js';
import type { AlertMessage } from './incidents.js';

/** Characters of a whole text: chat programs refuse more than 3,000. */
const longestText = 2_900;
const longestTitle = 140;

/** One line: what began, is over or is loaded. */
export function messageTitle({ event, trouble: { pipeline, summary } }: AlertMessage): string {
  const what = `${pipeline}: ${summary}`;
  return cut(event === 'over' ? `Over: ${what}` : event === 'test' ? `Test: ${what}` : what, longestTitle);
}

/** The message for people: what is wrong, since when, and what to do next. */
export function messageText(message: AlertMessage): string {
  const { event, trouble, since, end, incident } = message;
  const { details, commands, pipeline, kind, subject } = trouble;
  const what = `${pipeline}: ${trouble.summary}.`;
  if (event === 'test') return `${what}\n`;
  if (event === 'over') {
    const lasted = end ? ` It lasted ${duration((Date.parse(end.at) - Date.parse(since)) / 1_000)}.` : '';
    const how = end?.how === 'closed' ? `Somebody closed it${end.note === undefined ? '' : `: ${end.note}`}.` : 'The trouble is gone.';
    return `${cut(['This is over:', what, '', `${how}${lasted}`].join('\n'), longestText)}\n\nIncident ${incident}\n`;
  }
  const next =
    commands.length === 0
      ? []
      : ['', event === 'loaded' ? 'To see more, run:' : 'To see more, and what to do, run:', ...commands.map((command) => `  ${command}`)];
  const lines = [what, ...(details.length > 0 ? ['', ...details.map((line) => `- ${line}`)] : [])];
  if (event === 'loaded') return `${cut([...lines, ...next].join('\n'), longestText)}\n`;
  const rest = [
    ...next,
    '',
    `Since ${since.slice(0, 19).replace('T', ' ')} UTC. You get a message when it is over.`,
    `To close it by hand, run: strata alerts close ${pipeline}/incident/${kind}/${subject}`,
    '',
    `Incident ${incident}`,
    '',
  ].join('\n');
  return `${cut(lines.join('\n'), Math.max(200, longestText - rest.length))}\n${rest}`;
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 4)} ...`;
}
