/** @import { About } from './form.js' */
/** @import { Bounds } from './view.js' */
import { byId, field, titled } from './fields.js';
import { Question } from './form.js';
import { AreaMap } from './map.js';
import { summaryOf } from './mistakes.js';
import { Asker, keepToken, RefusedError, takeToken } from './requests.js';
import { nameResults, showAnswer, showBusy, showNoAnswer, showProblem } from './results.js';

/** Milliseconds that a box rests before its trips are counted. */
const rest = 200;
const unauthorized = 401;

const [, , pipeline = '', area = ''] = location.pathname.split('/');
const path = `/api/${pipeline}/${area}`;

takeToken();
byId('login').addEventListener('submit', (event) => {
  event.preventDefault();
  keepToken(field('token').value);
  void open();
});
void open();

async function open() {
  byId('login').hidden = true;
  try {
    start(await new Asker(`${path}/about`).ask());
  } catch (error) {
    if (error instanceof RefusedError && error.status === unauthorized) {
      byId('login').hidden = false;
      byId('token').focus();
    }
    byId('description').textContent = error instanceof Error ? error.message : String(error);
  }
}

/** @param {About} about */
function start(about) {
  const { entity, description, bounds } = about;
  document.title = `${titled(about.pipeline)}: ${about.area}`;
  byId('title').textContent = titled(about.pipeline);
  byId('description').textContent = description;
  byId('content').hidden = false;
  byId('map').setAttribute('aria-label', `Map of ${entity} by ${about.points[0]}`);
  nameResults(entity);

  const asker = new Asker(path);
  let timer = 0;
  const failed = (/** @type {unknown} */ error) => showProblem(error instanceof Error ? error.message : String(error));
  const count = () => {
    showBusy(true);
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), rest);
  };
  const ask = async () => {
    const problem = summaryOf(question.mistakes);
    showProblem(problem);
    if (problem !== '') {
      asker.stop();
      return showNoAnswer();
    }
    try {
      const answer = await asker.ask(question.query);
      if (answer === undefined) return;
      showAnswer(answer, { entity, where: question.box ? 'in the box' : 'in all' });
    } catch (error) {
      failed(error);
      showNoAnswer();
    }
  };
  const map = new AreaMap(path, {
    boxDrawn: (box) => {
      question.showBox(box);
      count();
    },
    failed,
  });
  const question = new Question(about, (box) => {
    map.showBox(box);
    map.filter(question.filter);
    count();
  });
  const all = boundsOf(bounds);
  const { box } = question;
  map.showBox(box);
  map.filter(question.filter);
  map.fit(box ?? all);
  byId('zoom-in').addEventListener('click', () => map.zoom(1.5));
  byId('zoom-out').addEventListener('click', () => map.zoom(1 / 1.5));
  byId('show-all').addEventListener('click', () => map.fit(all));
  byId('show-box').addEventListener('click', () => question.box && map.fit(question.box));
  for (const input of document.querySelectorAll('input[name=drag]'))
    input.addEventListener('change', () => (byId('map').dataset.drag = /** @type {HTMLInputElement} */ (input).value));
  count();
}

/** @param {About['bounds']} bounds @returns {Bounds} */
function boundsOf(bounds) {
  const [west, south, east, north] = bounds ?? [-180, -90, 180, 90];
  return { west, south, east, north };
}
