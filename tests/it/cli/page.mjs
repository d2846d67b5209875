// Opens a page of a run in a browser, does what people do, and says `ok` for all that holds; ends with 1 at the first that
// does not. Arguments: the page of any run, the browser, the folder with `node_modules`. What a page does not have (hostile
// names, a second page of rows, a win-back list, a slider) is not asked of it.
import {readFileSync, statSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join} from 'node:path';

const [page, executablePath, packages] = process.argv.slice(2);
const require = createRequire(join(packages, 'package.json'));
const {chromium} = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const check = (what, holds, found) => {
  if (!holds) throw new Error(`${what}: ${JSON.stringify(found)}`);
  console.log('ok ' + what);
};
const browser = await chromium.launch({executablePath, args: ['--no-sandbox']});
const trouble = [];
async function open(hash, options) {
  const context = await browser.newContext({viewport: {width: 1440, height: 900}, acceptDownloads: true, reducedMotion: 'reduce', ...options});
  const tab = await context.newPage();
  tab.on('console', message => trouble.push('console: ' + message.text()));
  tab.on('pageerror', error => trouble.push('error: ' + error.message));
  tab.on('dialog', dialog => { trouble.push('a dialog: a name was run'); return dialog.dismiss(); });
  tab.on('request', request => { if (!/^(file|blob):/.test(request.url())) trouble.push('request: ' + request.url()); });
  await tab.goto('file://' + page + hash);
  await tab.waitForSelector('#rows tbody tr', {state: 'attached'});
  return tab;
}

try {
  console.log(`size: ${statSync(page).size} bytes`);
  check('the page has at most 4 MB', statSync(page).size <= 4e6, statSync(page).size);
  const tab = await open('');
  console.log(`script done after ${await tab.evaluate(() => document.documentElement.dataset.ready)} ms`);
  const ids = () => tab.$$eval('#rows tbody .who', cells => cells.map(cell => cell.textContent));
  const ranks = () => tab.$$eval('#rows tbody .c-rank', cells => cells.map(cell => +cell.textContent.replace(/,/g, '')));
  const count = async () => +(await tab.innerText('#count')).match(/^[\d,]+/)[0].replace(/,/g, '');
  const hash = () => tab.evaluate(() => location.hash);
  const timed = async (what, act) => { const start = Date.now(); await act(); console.log(`${what}: ${Date.now() - start} ms`); };

  const all = await count(), first = Math.min(all, 50);
  const embedded = await tab.$eval('#data', data => data.textContent);
  // As they stand in the data: `<` and `>` are written as escapes there.
  const SCRIPT = '<script>alert(1)</script>', FORMULA = '=HYPERLINK("x")';
  const hasScript = embedded.includes('\\u003cscript\\u003ealert(1)'), hasFormula = embedded.includes('=HYPERLINK(\\"x');
  const edges = await tab.evaluate(() => [document.getElementById('rows'), document.getElementById('main')].map(part => part.getBoundingClientRect().right));
  check('the list is no wider than the page', edges[0] <= edges[1] + 1, edges);
  check('the first rows in the order of the list', JSON.stringify(await ranks()) === JSON.stringify([...Array(first).keys()].map(i => i + 1)), await ranks());
  if (hasScript) check('a hostile name is text', (await tab.innerText('#rows')).includes(SCRIPT), '');
  if (hasFormula) check('a formula is text', (await tab.innerText('#rows')).includes(FORMULA), '');
  check('every row has its rhythm, with words', (await tab.$$eval('.spark', all => all.filter(one => one.getAttribute('aria-label').length > 20 && (one.querySelector('.s-tick') || one.getAttribute('aria-label').startsWith('No order'))).length)) === first, '');

  await timed('sort', () => tab.click('[data-sort=days_since_last_order]'));
  // A row behind those with history says it in words.
  const silent = await tab.$$eval('#rows tbody .c-rhythm', all => all.map(cell => +((cell.querySelector('.spark')?.getAttribute('aria-label').match(/last one ([\d,]+) day/) || cell.textContent.match(/([\d,]+) day/))[1].replace(/,/g, ''))));
  check('sorted by silence, the longest first', silent.length === first && silent.every((days, i) => !i || days <= silent[i - 1]), silent);
  check('the sort is announced', await tab.$eval('[data-sort=days_since_last_order]', button => button.parentNode.getAttribute('aria-sort')) === 'descending', '');
  await tab.click('[data-sort=customer_id]');
  const sorted = await ids();
  check('sorted by id', sorted.every((id, i) => !i || id >= sorted[i - 1]), sorted);
  await tab.click('[data-sort=rank]');
  const shares = await tab.$$eval('#rows .c-p span', all => all.map(one => [+one.title, one.textContent]));
  check('what is above 0 and below 1 % says so, and nothing else', shares.length === first && shares.every(([value, says]) => (value > 0 && value < .01) === says.startsWith('less than 1')), shares);

  // The chips of all filters, with how many rows each leaves: one that leaves most of a part, and one of another filter beside it.
  const chips = () => tab.$$eval('#chips .chip', all => all.map(one => ({filter: one.dataset.filter, value: one.dataset.value, n: +one.querySelector('b').textContent.replace(/,/g, '')})));
  const most = (found, least) => found.filter(one => one.n > 0 && one.n < least).sort((a, b) => b.n - a.n)[0];
  const chip = ({filter, value}) => `.chip[data-filter="${filter}"][data-value="${value}"]`;
  const stage = most((await chips()).filter(one => one.filter === 'life_cycle_stage'), all);
  await timed('filter', () => tab.click(chip(stage)));
  check('a filter leaves as many as its chip says', await count() === stage.n, [await count(), stage]);
  await tab.click('#more');
  const second = most((await chips()).filter(one => one.filter !== stage.filter), stage.n);
  await tab.click(chip(second));
  const both = await count();
  check('two filters are both held', both === second.n, [both, second, stage]);
  check('a chosen segment says what it means', /^[A-Z][^:]+: .{10}/.test(await tab.innerText('#chips .meant')), await tab.innerText('#chips'));
  const view = await hash();
  check('the view stands in the address', view.includes('f.life_cycle_stage=' + stage.value) && view.includes(`f.${second.filter}=`), view);
  const sent = await open(view);
  check('an address that was sent shows the same', (await sent.innerText('#count')) === (await tab.innerText('#count')), await sent.innerText('#count'));
  await sent.context().close();

  const saved = async () => (await Promise.all([tab.waitForEvent('download'), tab.click('#export')]))[0].path();
  const download = await saved();
  const csv = readFileSync(download, 'utf8');
  const lines = csv.trim().split('\r\n');
  check('the export has what is shown', lines.length === both + 1 && csv.startsWith('\ufeffrank,customer_id,'), [lines.length, lines[0]]);
  if (hasFormula) check('a formula in the export is harmless', csv.includes(`"'=HYPERLINK(""x"")"`) && !/(^|,)"?=HYPER/m.test(csv), lines[1]);
  await tab.click('#clear');
  check('all are shown again', await count() === all, await count());
  let whole;
  await timed('export of all', async () => { whole = await saved(); });
  const exported = readFileSync(whole, 'utf8').split('\r\n');
  check('the export of all has every row', exported.length - 2 === all, all);

  const wanted = (await ids())[Math.min(3, first - 1)];
  await tab.focus('#rows tbody tr');
  await tab.keyboard.press('/');
  await timed('search', async () => { await tab.keyboard.type(wanted); await tab.waitForFunction(q => location.hash.includes('q=' + encodeURIComponent(q)), wanted); });
  // An id may stand within others.
  check('search finds the one', (await ids()).includes(wanted) && await count() < all && (await ids()).every(id => id.includes(wanted)), await ids());
  await tab.fill('#search', 'nobody is called so');
  await tab.waitForFunction(() => !document.querySelector('#rows tbody tr'));
  check('nothing found is said, without an empty table', (await tab.innerText('#rows')).trim() === 'No customer matches. Take a filter away, or search for less.', await tab.innerText('#rows'));
  await tab.keyboard.press('Escape');
  check('Escape ends the search', await count() === all, await count());

  if (all > 50) {
    await timed('next page', () => tab.click('[data-page="1"]'));
    check('the second page goes on', (await ranks())[0] === 51, await ranks());
    await tab.click('[data-page="0"]');
  } else await tab.focus('#rows tbody tr');
  await tab.keyboard.press('ArrowDown');
  await timed('panel', async () => { await tab.keyboard.press('Enter'); await tab.waitForSelector('#panel[open]'); });
  const next = (await ids())[1];
  check('arrows and Enter open the second customer', await tab.innerText('#panel-name') === next, await tab.innerText('#panel-name'));
  check('the panel has orders and the rhythm', await tab.$$eval('#panel svg[role=img]', all => all.length) >= 1 && (await tab.innerText('#panel')).includes('Last orders'), '');
  const panel = await tab.innerText('#panel');
  check('the panel says how the action is done and what the stage means', /How: [A-Z]|No contact/.test(panel) && /Stage\s+\S[^:]*: /.test(panel), panel);
  check('the customer stands in the address', (await hash()).includes('customer='), await hash());
  await tab.keyboard.press('ArrowDown');
  check('the arrow goes to the next customer', await tab.innerText('#panel-name') === (await ids())[2], '');
  await tab.keyboard.press('Escape');
  await tab.waitForFunction(() => !document.getElementById('panel').open && document.activeElement.tagName === 'TR');
  check('Escape closes and the row has the focus', await hash() === '#list', await hash());

  // What only some customers have: orders given back, and a stage beside a probability that seems to differ.
  const list = JSON.parse(embedded).lists[0], word = (name, row) => { const column = list.columns[name]; return column?.kind === 'word' ? column.table[column.index[row]] : column?.value; };
  const opened = async row => {
    const id = exported[row + 1].split(',')[1].replace(/"/g, '');
    const other = await open('#list?customer=' + encodeURIComponent(id));
    const text = await other.innerText('#panel');
    await other.context().close();
    return text;
  };
  const back = list.history.findIndex(events => events?.[2]?.length && events[0].filter((ago, i) => i % 2 === 0 && ago < events[2].at(-1)[0]).length < 6);
  if (back >= 0) check('an order that was given back stands in the panel', /, given back /.test(await opened(back)), back);
  const odd = [...Array(list.detailed).keys()].find(row => ['at_risk', 'dormant'].includes(word('life_cycle_stage', row)) && word('risk_band', row) === 'low');
  if (odd != null) check('a late stage beside a low risk says why', /The rhythm alone says so: with all that is known, .* likely to order nothing/.test(await opened(odd)), odd);
  check('no rhythm is of one day', !(await tab.$$eval('.spark', all => all.map(one => one.getAttribute('aria-label')))).some(says => /every 1 day/.test(says)), '');

  if (await tab.isVisible('[data-list="1"]')) {
    await tab.click('[data-list="1"]');
    check('the win-back list is another list', await count() !== all && (await ids())[0] !== wanted && (await hash()).includes('list=1'), await hash());
    await tab.click('[data-list="0"]');
  }
  for (const part of ['shop', 'model']) {
    await tab.click('#tab-' + part);
    // What is not known yet is told in words, without a chart.
    const charts = await tab.$$eval(`#part-${part} figure`, all => all.filter(one => one.querySelector('svg')).map(one => ({
      marks: one.querySelectorAll('svg rect, svg circle, svg path').length, title: one.querySelector('svg').getAttribute('aria-label'),
      caption: one.querySelector('figcaption').textContent.trim(), population: one.querySelector('.pop').textContent, rows: one.querySelectorAll('tbody tr').length,
    })));
    check(`${part}: every chart has marks, a title, a sentence, a population and a table`, charts.length >= 5 && charts.every(c => c.marks && c.title.length > 20 && c.caption.length > 40 && c.population.length > 10 && c.rows), charts);
  }
  await tab.click('#tab-shop');
  if (await tab.$('#retention')) {
    const worth = () => tab.innerText('#retention-value');
    const before = await worth();
    await tab.focus('#retention');
    await tab.keyboard.press('End');
    check('the slider says another value', await worth() !== before, before);
  }

  for (const [width, height] of [[390, 844], [1440, 900]]) for (const colorScheme of ['light', 'dark']) for (const part of ['list', 'shop', 'model', 'panel']) {
    const seen = await open(part === 'panel' ? '#list?customer=' + encodeURIComponent(wanted) : '#' + part, {bypassCSP: true, viewport: {width, height}, colorScheme});
    const wide = await seen.evaluate(() => document.documentElement.scrollWidth);
    check(`${part} fits into ${width} pixels`, wide <= width, wide);
    // What the larger letters of a phone make run into each other, or over the edge.
    const bad = await seen.evaluate(part => {
      const found = [];
      for (const svg of document.querySelectorAll(part === 'panel' ? '#panel svg.wide' : `#part-${part} svg.chart`)) {
        const edge = part === 'panel' ? svg.getBoundingClientRect() : {left: 0, right: innerWidth, top: -Infinity};
        const texts = [...svg.querySelectorAll('text')].map(text => [text.textContent, text.getBoundingClientRect()]);
        texts.forEach(([text, one], i) => {
          if (one.left < edge.left - 1 || one.right > edge.right + 1 || one.top < edge.top - 2) found.push(['cut', text]);
          texts.slice(i + 1).forEach(([other, two]) => {
            const across = Math.min(one.right, two.right) - Math.max(one.left, two.left), up = Math.min(one.bottom, two.bottom) - Math.max(one.top, two.top);
            if (across > 1 && up > 3) found.push([text, other]);
          });
        });
      }
      return found;
    }, part);
    check(`${part} ${width} ${colorScheme}: no text of a chart is cut or covers another`, !bad.length, bad);
    await seen.evaluate(axe);
    const {violations, passes} = await seen.evaluate(() => window.axe.run());
    check(`${part} ${width} ${colorScheme}: axe finds nothing`, passes.length > 10 && !violations.length, violations.map(v => [v.id, v.nodes[0].html]));
    await seen.context().close();
  }
  check('no message, no error, no request', !trouble.length, trouble);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await browser.close();
}
