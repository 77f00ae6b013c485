import type { Project } from '../../../config/load-project.js';
import { ask } from '../../../connectors/http/ask.js';
import { httpAddress } from '../../../connectors/http/http-address.js';
import { addDays, dateOf } from '../../../contracts/dates/dates.js';
import { duration } from '../../../contracts/format-times.js';
import { checkAnswer } from '../../../engine/extract/check-answer.js';
import { addressOf, seriesOf, type HttpExtract } from '../../../engine/extract/requests.js';
import { StrataError } from '../../../engine/strata-error.js';
import { finding, type Finding } from '../finding.js';

/** Seconds by which clocks may differ. */
const noticed = 30;

/** Whether a server gives a good answer: asks it once, for yesterday, and keeps nothing. */
export function checkHttpServer(project: Project, pipeline: string, extract: HttpExtract): Promise<Finding> {
  const { environment } = project.settings;
  const { setting, tokenSetting, optional, since, name } = extract;
  return finding(`server of ${pipeline}, for ${name}`, async () => {
    const address = environment[setting];
    if (!address && optional) return `${setting} is not set, so nothing is asked for`;
    if (!address) throw new StrataError('misconfigured', `${setting} is not set. Set it to https://host/path`);
    const token = tokenSetting && environment[tokenSetting];
    if (tokenSetting && !token) throw new StrataError('misconfigured', `${tokenSetting} is not set. Set it to the token of the server`);
    const base = httpAddress(address, setting);
    const yesterday = addDays(dateOf(new Date()), -1);
    const day = yesterday < since ? since : yesterday;
    const [series] = seriesOf(extract);
    const what = `${series!.name} of ${day}`;
    const answer = await ask({ address: addressOf(base, extract, series!, day), token, setting, what }, new AbortController().signal);
    if (answer.kind === 'none')
      return { state: 'warning', message: `it answers, and has nothing for ${what}. Check the path in the definition` };
    const checked = checkAnswer(answer.bytes, extract.answer);
    if (typeof checked === 'string')
      return { state: 'wrong', message: `asking for ${what}: ${checked}. Check the path and the answer in the definition, and ${setting}` };
    const notes = [...clockNotes(answer.date), ...plainNotes(base, token)];
    const good = `it has a good answer for ${what} (${setting})`;
    return notes.length === 0 ? good : { state: 'warning', message: [good, ...notes].join('\n') };
  });
}

function clockNotes(date: Date | undefined): string[] {
  const ahead = date === undefined ? 0 : (date.getTime() - Date.now()) / 1_000;
  if (Math.abs(ahead) <= noticed) return [];
  return [
    `its clock is ${duration(Math.abs(ahead))} ${ahead > 0 ? 'ahead of' : 'behind'} the clock of this machine, which decides which days are over`,
  ];
}

/** Secrets on an open network. */
function plainNotes({ protocol, hostname, username, search }: URL, token: string | undefined): string[] {
  const isHere = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
  if (protocol === 'https:' || isHere || (username === '' && search === '' && !token)) return [];
  return ['its address begins with http://, so the account or key in it can be read on the way. Use https://'];
}
