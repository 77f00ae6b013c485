import { byId, titled } from './fields.js';

/**
 * @typedef {{
 *   trips: number, weeks: number, average: string, first_week: string | null, last_week: string | null,
 *   series: { year: number, week: number, trips: number }[],
 * }} Answer
 */

const numbers = new Intl.NumberFormat('en');
const svg = 'http://www.w3.org/2000/svg';
const size = { width: 340, height: 150, left: 44, top: 14, bottom: 20 };

/** @param {string} entity what is counted, such as trips */
export function nameResults(entity) {
  byId('weeks-unit').textContent = titled(entity);
}

/** @param {boolean} isBusy */
export function showBusy(isBusy) {
  byId('answer').setAttribute('aria-busy', String(isBusy));
}

/** @param {string} problem empty: there is none */
export function showProblem(problem) {
  byId('problem').hidden = problem === '';
  byId('problem').textContent = problem;
}

/** The answer to the question before must not stand beside the new question. */
export function showNoAnswer() {
  for (const id of ['average', 'unit', 'summary']) byId(id).textContent = '';
  byId('chart').replaceChildren();
  byId('weeks').hidden = true;
  showBusy(false);
}

/** @param {Answer} answer @param {{ entity: string, where: string }} words */
export function showAnswer(answer, { entity, where }) {
  const { trips, weeks, average, first_week: first, last_week: last, series } = answer;
  const [whole = '', part = ''] = average.split('.');
  byId('average').textContent = `${numbers.format(BigInt(whole))}.${part}`;
  byId('unit').textContent = `${entity} a week`;
  const during = first === null ? '' : `, ${weeks === 1 ? '1 week' : `${numbers.format(weeks)} weeks`}, ${first} to ${last}`;
  byId('summary').textContent = `${numbers.format(trips)} ${entity} ${where}${during}.`;
  byId('chart').replaceChildren(...(series.length === 0 ? [] : [chartOf(series, entity)]));
  byId('weeks').hidden = series.length === 0;
  byId('weeks-rows').replaceChildren(
    ...series.map((each) => {
      const row = document.createElement('tr');
      for (const text of [nameOf(each), numbers.format(each.trips)]) row.insertCell().textContent = text;
      return row;
    }),
  );
  showBusy(false);
}

/** @param {Answer['series'][number]} week */
function nameOf({ year, week }) {
  return `${year}-W${String(week).padStart(2, '0')}`;
}

/** A bar a week, or a line of bars without gaps where there are many. @param {Answer['series']} series @param {string} entity */
function chartOf(series, entity) {
  const { width, height, left, top, bottom } = size;
  const most = series.reduce((greatest, { trips }) => Math.max(greatest, trips), 1);
  const [across, up] = [(width - left) / series.length, height - top - bottom];
  const gap = across > 6 ? 2 : across > 3 ? 1 : 0;
  const bar = (/** @type {number} */ index, /** @type {number} */ trips) => {
    const tall = (trips / most) * up;
    return `M${(left + index * across).toFixed(2)} ${(top + up).toFixed(2)}v${(-tall).toFixed(2)}h${Math.max(0.5, Math.min(across - gap, 28)).toFixed(2)}v${tall.toFixed(2)}z`;
  };
  const chart = element('svg', {
    viewBox: `0 0 ${width} ${height}`,
    role: 'img',
    'aria-label': `${titled(entity)} of each week, at most ${most}`,
  });
  const pointed = element('path', { class: 'pointed' });
  const read = text('', width, 9, 'end');
  chart.append(
    element('path', {
      class: 'axis',
      fill: 'none',
      d: `M${left} ${top}H${width}M${left} ${top + up / 2}H${width}M${left} ${top + up}H${width}`,
    }),
    text(shortNumber(most), left - 5, top + 4, 'end'),
    text('0', left - 5, top + up + 4, 'end'),
    element('path', { class: 'bars', d: series.map(({ trips }, index) => bar(index, trips)).join('') }),
    pointed,
    text(series[0] ? nameOf(series[0]) : '', left, height - 4, 'start'),
    ...(series.length > 1 ? [text(nameOf(/** @type {Answer['series'][number]} */ (series.at(-1))), width, height - 4, 'end')] : []),
    read,
  );
  const point = (/** @type {PointerEvent} */ event) => {
    const box = chart.getBoundingClientRect();
    const index = Math.floor((((event.clientX - box.left) / box.width) * width - left) / across);
    const week = series[index];
    pointed.setAttribute('d', week ? bar(index, week.trips) : '');
    read.textContent = week ? `${nameOf(week)}: ${numbers.format(week.trips)}` : '';
  };
  chart.addEventListener('pointermove', /** @type {EventListener} */ (point));
  chart.addEventListener('pointerdown', /** @type {EventListener} */ (point));
  return chart;
}

/** @param {number} number */
function shortNumber(number) {
  return new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 }).format(number);
}

/** @param {string} content @param {number} x @param {number} y @param {string} anchor */
function text(content, x, y, anchor) {
  const made = element('text', { x, y, 'text-anchor': anchor });
  made.textContent = content;
  return made;
}

/** @param {string} name @param {Record<string, string | number>} attributes */
function element(name, attributes) {
  const made = document.createElementNS(svg, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
