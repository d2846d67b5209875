'use strict';
(() => {
const D = JSON.parse(document.getElementById('data').textContent);
const $ = id => document.getElementById(id);
const DAY = 86400000, ROWS = 50, YEAR = 365;

// ---- elements -----------------------------------------------------------------------------------------------------------
const add = (node, attributes, children) => {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === true) node.setAttribute(name, '');
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  for (const child of [].concat(children ?? [])) if (child != null) node.append(child);
  return node;
};
// Text becomes text nodes alone: nothing from the data is ever read as markup.
const h = (name, attributes, children) => add(document.createElement(name), attributes, children);
const s = (name, attributes, children) => add(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);

// ---- numbers and days ---------------------------------------------------------------------------------------------------
const grouped = (value, decimals) => value.toLocaleString('en-GB', {minimumFractionDigits: decimals, maximumFractionDigits: decimals});
const figures = value => grouped(value, Math.abs(value) >= 10 || value === 0 ? 0 : D.decimals);
const money = value => value == null ? '' : D.currency + '\u00a0' + figures(value);
// In the same words as the sentences of the list: what is nearly nothing or nearly all is not rounded to it.
// Three figures at most of what has more than four digits.
const rounded = value => { const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 2); return money(Math.abs(value) < 1000 ? value : Math.round(value / unit) * unit); };
const percent = value => value == null ? '' : value > 0 && value < .01 ? 'less than 1\u00a0%' : value > .99 && value < 1 ? 'more than 99\u00a0%' : Math.round(100 * value) + '\u00a0%';
const counted = (n, noun) => grouped(n, 0) + ' ' + noun + (n === 1 ? '' : 's');
const START = Date.parse(D.as_of + 'T00:00:00Z');
// As in the charts: three letters of each month.
const dated = (ago, form) => new Date(START - ago * DAY).toLocaleDateString('en-GB', {...form, timeZone: 'UTC'}).replace('Sept', 'Sep');
const dayText = ago => dated(ago, {day: 'numeric', month: 'short', year: 'numeric'});
const shortDay = ago => dated(ago, {day: 'numeric', month: 'short'});
const monthText = ago => dated(ago, {month: 'short'});
// Days since the same day so many months ago.
const monthsAgo = months => { const day = new Date(START); day.setUTCDate(Math.min(day.getUTCDate(), 28)); day.setUTCMonth(day.getUTCMonth() - months); return months ? Math.round((START - day) / DAY) : 0; };
const iso = ago => new Date(START - ago * DAY).toISOString().slice(0, 10);
// A number is not parted from its unit at the end of a line.
// Names of actions are words of a config: people read them as words.
const whole = text => text.replace(/`([a-z0-9_]+)`/g, (_, name) => '\u201c' + name.replace(/_/g, ' ') + '\u201d').replace(/(\b[A-Z]{3}) (?=\d)/g, '$1\u00a0').replace(/(\d) (?=%)/g, '$1\u00a0');
const capital = text => text.charAt(0).toUpperCase() + whole(text.slice(1));
const words = text => capital(text.replace(/_/g, ' '));

// ---- columns ------------------------------------------------------------------------------------------------------------
const offsets = new WeakMap();
function sentence(column, row) {
  let starts = offsets.get(column);
  if (!starts) {
    const holes = column.table.map(text => text.split('\u0001').length - 1);
    starts = new Uint32Array(column.index.length + 1);
    column.index.forEach((at, i) => { starts[i + 1] = starts[i] + (at < 0 ? 0 : holes[at]); });
    offsets.set(column, starts);
  }
  const at = column.index[row];
  if (at == null || at < 0) return null;
  let next = starts[row];
  return column.table[at].replace(/\u0001/g, () => column.numbers[next++]);
}
function get(list, name, row) {
  const column = list.columns[name];
  if (!column) return null;
  switch (column.kind) {
    case 'constant': return column.value;
    case 'number': { const v = column.values[row]; return v == null ? null : v / 10 ** column.decimals; }
    case 'day': return column.values[row] ?? null;
    case 'word': { const at = column.index[row]; return at == null || at < 0 ? null : column.table[at]; }
    case 'sentence': return sentence(column, row);
    default: return column.values[row] ?? null;
  }
}
const exact = (list, name, row) => {
  const value = get(list, name, row), column = list.columns[name];
  if (value == null) return '';
  if (column.kind === 'day') return iso(value);
  return column.kind === 'number' ? value.toFixed(column.decimals) : String(value);
};

// ---- what a list has ----------------------------------------------------------------------------------------------------
// The filters, in the order in which they are shown.
const NAMES = {
  group: 'Contact', recommended_action: 'Action', life_cycle_stage: 'Stage', change_since_last: 'Changed', rfm_segment: 'Segment',
  value_quadrant: 'Quadrant', cause: 'Cause', risk_band: 'Risk', suppressed_code: 'Why not', confidence: 'Confidence',
};
const AT_ONCE = 4;
const ABSENT = '\u2014';
// The order in which people think of words; others follow in that of the alphabet.
const ORDER = ['low', 'medium', 'high', 'new', 'repeat', 'loyal', 'won_back', 'at_risk', 'dormant', 'lost', 'treat', 'control', 'suppressed'];
const lists = D.lists.map(list => {
  const has = name => name in list.columns;
  const risk = list.rank_probability, worth = list.rank_amount;
  const owner = list.carried.filter(name => list.columns[name].kind === 'word' && list.columns[name].table.length <= 30);
  const filters = Object.keys(NAMES).concat(owner).filter(name => has(name) && list.columns[name].kind === 'word' && (list.columns[name].full || list.detailed === list.shown));
  const all = Uint32Array.from({length: list.shown}, (_, i) => i);
  let top = 0;
  if (has(worth)) for (let i = 0; i < list.shown; i++) top = Math.max(top, get(list, worth, i) || 0);
  return {...list, has, risk, worth, filters, all, top, names: ['customer_id'].concat(list.carried)};
});
const word = (list, name, row) => get(list, name, row) ?? ABSENT;
const isOff = (list, row) => get(list, 'suppressed_code', row) != null || ['control', 'suppressed'].includes(get(list, 'group', row));

// ---- state: it stands in the address ------------------------------------------------------------------------------------
const TABS = ['list', 'shop', 'model'];
let state, shown = [], current = 0;
const phone = matchMedia('(max-width:700px)'), cards = matchMedia('(max-width:930px)');
function read() {
  const [tab, query] = location.hash.slice(1).split('?');
  const p = new URLSearchParams(query || ''), list = lists[+p.get('list') || 0] || lists[0], f = {};
  list.filters.forEach(name => { const v = p.getAll('f.' + name); if (v.length) f[name] = new Set(v); });
  state = {tab: TABS.includes(tab) ? tab : 'list', list, q: p.get('q') || '', sort: p.get('sort') || 'rank', down: p.get('down') === '1', page: +p.get('page') || 0, f, open: p.get('customer')};
}
function address() {
  const p = new URLSearchParams(), at = lists.indexOf(state.list);
  if (at) p.set('list', at);
  if (state.q) p.set('q', state.q);
  if (state.sort !== 'rank' || state.down) { p.set('sort', state.sort); if (state.down) p.set('down', 1); }
  if (state.page) p.set('page', state.page);
  Object.entries(state.f).forEach(([name, set]) => [...set].sort().forEach(v => p.append('f.' + name, v)));
  if (state.open) p.set('customer', state.open);
  const q = p.toString();
  history.replaceState(null, '', '#' + state.tab + (q ? '?' + q : ''));
}

// ---- search, filter, sort -----------------------------------------------------------------------------------------------
function found(list, q) {
  const asked = q.trim().toLowerCase();
  if (!asked) return list.all;
  return list.all.filter(i => list.names.some(name => { const v = get(list, name, i); return v != null && String(v).toLowerCase().includes(asked); }));
}
const passes = (list, row, except) => Object.entries(state.f).every(([name, set]) => name === except || set.has(word(list, name, row)));
function sorted(list, rows) {
  const name = state.sort, sign = state.down ? -1 : 1;
  if (name === 'rank') return state.down ? rows.slice().reverse() : rows;
  const key = new Map();
  rows.forEach(i => key.set(i, get(list, name, i)));
  const compare = (a, b) => typeof a === 'number' ? a - b : String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
  return Array.from(rows).sort((a, b) => {
    const x = key.get(a), y = key.get(b);
    if (x == null || y == null) return x == null && y == null ? a - b : x == null ? 1 : -1;
    return sign * compare(x, y) || a - b;
  });
}

// ---- small drawings -----------------------------------------------------------------------------------------------------
// The usual gap as the list has it, in words. A few days close together are no rhythm: then nothing is called overdue.
function pace(list, row) {
  const silence = get(list, 'days_since_last_order', row), next = get(list, 'expected_next_order_date', row), days = list.history[row]?.[0].filter((_, i) => i % 2 === 0) || [];
  if (next == null || silence == null) return {};
  const gap = Math.max(1, silence - next), n = days.length, span = n ? days[0] - days[n - 1] : 0;
  if (n >= 4 && n < 10 && (span < 14 || span / (n - 1) > 5 * gap)) return {few: `Bought on ${n} days ` + (span < 14 ? 'close together' : 'in 400 days')};
  return {next, usual: gap === 1 ? 'every day' : `every ${gap} days`};
}
function rhythm(list, row, size) {
  const events = list.history[row];
  if (!events) return null;
  const {width, height, large} = size, foot = large ? 18 : 0, base = height - foot - 3, above = large ? 18 : 1;
  const x = ago => 2 + (width - 4) * (1 - Math.min(ago, YEAR) / YEAR);
  const orders = [], top = large ? 26 : 6;
  for (let i = 0; i < events[0].length; i += 2) if (events[0][i] <= YEAR) orders.push([events[0][i], events[0][i + 1]]);
  const most = Math.max(1e-9, ...orders.map(o => o[1]));
  const silence = get(list, 'days_since_last_order', row), {next, usual} = pace(list, row);
  // An open complaint that is older stands at the edge.
  const complaints = events[1].filter(c => c[0] <= YEAR || (c[1] == null && list.resolutions));
  const back = (events[2] || []).filter(order => order[0] <= YEAR);
  const open = complaints.filter(c => c[1] == null && list.resolutions).length;
  const says = [
    orders.length ? counted(orders.length, 'day') + ' with an order in twelve months' : 'No order in twelve months',
    silence == null ? '' : 'the last one ' + counted(silence, 'day') + ' ago', usual ? 'usually ' + usual : '',
    back.length ? counted(back.length, 'order') + ' given back' : '', complaints.length ? counted(complaints.length, 'complaint') + (open ? ', ' + open + ' open' : '') : '',
  ].filter(Boolean).join('; ');
  const parts = [];
  if (next > 0) {
    parts.push(s('rect', {class: 's-sil', x: x(next), y: above, width: x(0) - x(next), height: base - above}));
    parts.push(s('line', {class: 's-edge', x1: x(next), x2: x(next), y1: above, y2: base}));
  }
  parts.push(s('line', {class: 's-line', x1: 0, x2: width, y1: base, y2: base}));
  // What was given back as a whole is no order: a dashed line.
  back.forEach(([ago, on, amount]) => parts.push(s('line', {class: 's-back', x1: x(ago), x2: x(ago), y1: base, y2: large ? base - 24 : base - 8}, large ? s('title', {}, `${dayText(ago)}: ${money(amount)}, given back ${dayText(on)}`) : null)));
  orders.forEach(([ago, amount]) => parts.push(s('line', {class: 's-tick', x1: x(ago), x2: x(ago), y1: base, y2: base - 3 - (base - top - 3) * Math.sqrt(Math.max(0, amount) / most)}, large ? s('title', {}, dayText(ago) + ': ' + money(amount)) : null)));
  complaints.forEach(([ago, closed, cause]) => {
    const r = large ? 5 : 3.4, cy = large ? 24 : 5, cx = x(ago), isOpen = closed == null && list.resolutions;
    parts.push(s('path', {class: isOpen ? 's-dia s-open' : 's-dia', d: `M${cx} ${cy - r}L${cx + r} ${cy}L${cx} ${cy + r}L${cx - r} ${cy}Z`}, large ? s('title', {}, dayText(ago) + ': complaint' + (cause ? ', ' + cause : '') + (isOpen ? ', open' : '')) : null));
  });
  if (large) {
    // In the middle of its span where that is wide enough, else it ends where the span does: it is never cut.
    const span = x(0) - x(next);
    if (next > 0) parts.push(s('text', {class: span > 80 ? 's-in middle' : 's-in end', x: span > 80 ? x(next) + span / 2 : x(0), y: 13}, 'overdue'));
    for (const months of [12, 9, 6, 3, 0]) parts.push(s('text', {class: 's-text ' + (months === 12 ? '' : months ? 'middle' : 'end'), x: x(monthsAgo(months)), y: height - 3}, months % 12 ? monthText(monthsAgo(months)) : dayText(months ? YEAR : 0)));
  }
  return s('svg', {class: large ? 'wide' : 'spark', viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': says}, parts);
}
// The row says what it is about; the panel has the whole of it.
function firstSentence(text) {
  return (/^.*?\.(?= |$)/.exec(text) || [text])[0];
}
function interval(low, value, high) {
  const x = v => 2 + 80 * v;
  return s('svg', {class: 'range', viewBox: '0 0 84 14', 'aria-hidden': 'true'}, [
    s('line', {class: 's-line', x1: 2, x2: 82, y1: 7, y2: 7}),
    low == null ? null : s('line', {class: 's-tick', x1: x(low), x2: x(high), y1: 7, y2: 7}),
    s('circle', {class: 's-fill', cx: x(value), cy: 7, r: 3.5})]);
}
const bar = (className, share) => s('svg', {class: className, viewBox: '0 0 100 8', preserveAspectRatio: 'none', 'aria-hidden': 'true'}, [s('rect', {class: 's-tint', width: 100, height: 8}), s('rect', {class: 's-fill', width: Math.max(0, Math.min(100, 100 * share)), height: 8})]);

// ---- the table ----------------------------------------------------------------------------------------------------------
const COLUMNS = [
  {key: 'rank', head: 'Rank', is: 'num', of: l => true, cell: (l, i) => grouped(i + 1, 0)},
  {key: 'customer_id', head: 'Customer', css: 'who', of: l => true, cell: (l, i) => {
    const under = l.carried.map(name => get(l, name, i)).filter(v => v != null).slice(0, 2).join(' \u00b7 ');
    return [h('button', {type: 'button', class: 'who', tabindex: -1}, get(l, 'customer_id', i)), under ? h('span', {class: 'under'}, under) : null];
  }},
  {key: 'recommended_action', head: 'Do', css: 'do', of: l => l.has('recommended_action'), cell: (l, i) => {
    if (isOff(l, i)) return null;
    const what = get(l, 'recommended_action', i);
    return what == null ? null : [words(what), h('span', {class: 'under'}, capital(firstSentence(get(l, 'action_why', i) || '')))];
  }},
  {key: 'gain', head: l => l.worth === 'expected_net_gain' ? 'Gain' : l.risk === 'gone_probability' ? 'Worth of return' : 'Expected loss', is: 'num', css: 'gain', of: l => l.has(l.worth), name: l => l.worth, cell: (l, i) => {
    const v = get(l, l.worth, i);
    return v == null ? null : [h('span', {class: 'money', title: exact(l, l.worth, i)}, money(v)), bar('gain', v / l.top)];
  }},
  {key: 'p', head: l => ({churn_probability: 'Churn', gone_probability: 'Gone'})[l.risk] || 'Leaving', is: 'num', css: 'p', of: l => l.has(l.risk), name: l => l.risk, cell: (l, i) => {
    const v = get(l, l.risk, i);
    return v == null ? null : [h('span', {title: exact(l, l.risk, i)}, percent(v)), interval(get(l, l.risk + '_low', i), v, get(l, l.risk + '_high', i))];
  }},
  {key: 'value_at_stake', head: 'At stake', is: 'num', css: 'stake', of: l => l.has('value_at_stake'), cell: (l, i) => h('span', {class: 'money', title: exact(l, 'value_at_stake', i)}, money(get(l, 'value_at_stake', i)))},
  {key: 'days_since_last_order', head: 'Rhythm, a year', css: 'rhythm', of: l => l.has('days_since_last_order'), cell: (l, i) => rhythm(l, i, {width: cards.matches ? 340 : 160, height: 20}) || (get(l, 'days_since_last_order', i) ?? '') + ' days silent'},
  {key: 'reason_1', head: 'First reason', css: 'why', of: l => l.has('reason_1'), cell: (l, i) => [notice(l, i), h('span', {class: 'why'}, capital(get(l, 'reason_1', i) || ''))]},
  {key: 'change_since_last', head: D.since == null ? 'Changed' : 'Since ' + shortDay(D.since), css: 'changed', of: l => l.has('change_since_last') && l.columns.change_since_last.kind !== 'constant', cell: (l, i) => { const change = get(l, 'change_since_last', i); return change && said(change); }},
];
const OFF = {
  opted_out: 'Do not contact: opted out', no_action_fits: 'No action fits', no_gain: 'Not worth a contact', budget: 'Beyond the budget',
  capacity: 'Beyond the capacity', cool_down: 'Contacted not long ago', owner_full: 'Their owner has enough to do',
};
const SAID = {opted_out: 'Opted out', treat: 'To contact', control: 'Held back', suppressed: 'Not to contact', no_longer: 'No contact any more', to_contact: 'To contact now', to_winback: 'Moved to win back', from_winback: 'Back from win back'};
// What a segment is called, and what it means.
const meaning = (column, word) => D.meanings[column]?.[word];
const said = (word, column) => SAID[word] || OFF[word] || (column === 'value_quadrant' && meaning(column, word)?.split(':')[0].replace(',', '')) || words(word);
function notice(list, row) {
  const off = get(list, 'suppressed_code', row), open = get(list, 'open_complaints', row);
  if (off === 'no_gain' && open > 0) return h('span', {class: 'tag ask'}, 'Open complaint: settle it');
  if (off != null) return h('span', {class: off === 'opted_out' || !OFF[off] ? 'tag stop' : 'tag'}, OFF[off] || 'Do not contact: ' + off.replace(/_/g, ' '));
  if (get(list, 'group', row) === 'control') return h('span', {class: 'tag stop'}, 'Held back: control group');
  if (open > 0) return h('span', {class: 'tag ask'}, open === 1 ? 'Open complaint' : open + ' open complaints');
  return null;
}
const head = (column, list) => typeof column.head === 'function' ? column.head(list) : column.head;
const sortName = (column, list) => column.name ? column.name(list) : column.key;

function drawRows() {
  const list = state.list, columns = COLUMNS.filter(c => c.of(list)), pages = Math.max(1, Math.ceil(shown.length / ROWS));
  state.page = Math.max(0, Math.min(state.page, pages - 1));
  const part = Array.from(shown.slice(state.page * ROWS, (state.page + 1) * ROWS));
  current = Math.min(current, Math.max(0, part.length - 1));
  const th = c => {
    const name = sortName(c, list), on = state.sort === name;
    return h('th', {scope: 'col', class: (c.is || '') + ' c-' + (c.css || c.key), 'aria-sort': on ? state.down ? 'descending' : 'ascending' : null}, h('button', {type: 'button', 'data-sort': name}, head(c, list)));
  };
  const tr = (row, at) => h('tr', {'data-row': row, tabindex: at === current ? 0 : -1, class: isOff(list, row) ? 'off' : null},
    columns.map(c => h('td', {class: (c.is || '') + ' c-' + (c.css || c.key), 'data-head': head(c, list)}, c.cell(list, row))));
  $('rows').replaceChildren(h('caption', {class: 'soft', hidden: part.length > 0}, 'No customer matches. Take a filter away, or search for less.'), h('thead', {hidden: !part.length}, h('tr', {}, columns.map(th))), h('tbody', {}, part.map(tr)));
  const to = (page, text, off) => h('button', {type: 'button', class: 'plain', 'data-page': page, disabled: off}, text);
  $('pager').replaceChildren(...(pages > 1 ? [to(state.page - 1, 'Previous', state.page === 0), to(state.page + 1, 'Next', state.page === pages - 1), h('span', {class: 'soft'}, `Page ${state.page + 1} of ${grouped(pages, 0)}`)] : []));
}
function drawChips() {
  const list = state.list, base = found(list, state.q);
  const boxes = list.filters.map((name, at) => {
    const counts = new Map();
    base.forEach(i => { if (passes(list, i, name)) { const v = word(list, name, i); counts.set(v, (counts.get(v) || 0) + 1); } });
    (state.f[name] || []).forEach(v => counts.has(v) || counts.set(v, 0));
    const at_ = v => v === ABSENT ? 99 : ORDER.includes(v) ? ORDER.indexOf(v) : 50;
    const order = list.columns[name].table.concat(ABSENT).filter(v => counts.has(v)).sort((a, b) => at_(a) - at_(b));
    const chip = v => h('button', {type: 'button', class: 'chip', 'data-filter': name, 'data-value': v, title: meaning(name, v), 'aria-pressed': String(!!state.f[name]?.has(v))}, [v === ABSENT ? 'None' : said(v, name), h('b', {}, grouped(counts.get(v), 0))]);
    const meant = [...(state.f[name] || [])].map(v => meaning(name, v)).filter(Boolean).join('. ');
    const pointless = order.length < 2 && !state.f[name];
    return pointless ? null : h('fieldset', {class: 'chips' + (at ? ' more' : '') + (at >= AT_ONCE ? ' further' : '') + (more || state.f[name] ? ' shown' : '')}, [h('legend', {}, NAMES[name] || words(name)), order.map(chip), meant ? h('span', {class: 'meant'}, meant + '.') : []].flat());
  }).filter(Boolean);
  $('chips').replaceChildren(...boxes);
  $('more').hidden = boxes.length <= (phone.matches ? 1 : AT_ONCE);
}
let more = false;
function draw(keep) {
  const list = state.list;
  shown = sorted(list, found(list, state.q).filter(i => passes(list, i)));
  if (!keep) current = 0;
  let sum = 0;
  if (list.has(list.worth)) shown.forEach(i => { if (get(list, 'group', i) !== 'control') sum += Math.max(0, get(list, list.worth, i) || 0); });
  const what = list.worth === 'expected_net_gain' ? 'expected gain ' : list.risk === 'gone_probability' ? 'worth of their return ' : 'expected loss ';
  $('count').textContent = counted(shown.length, 'customer') + (sum > 0 ? ', ' + what + money(sum) : '');
  $('clear').hidden = !state.q && !Object.keys(state.f).length;
  $('search').value = state.q;
  $('limits').textContent = list.limits;
  if (lists.length > 1) {
    $('lists').hidden = false;
    $('lists').replaceChildren(...lists.map((l, at) => h('button', {type: 'button', class: 'chip', 'data-list': at, 'aria-pressed': String(l === list)}, [l.title, h('b', {}, grouped(l.total, 0))])));
  }
  drawChips();
  drawRows();
  address();
}

// ---- the panel ----------------------------------------------------------------------------------------------------------
const fact = (name, value) => value == null || value === '' ? [] : [h('dt', {}, name), h('dd', {}, value)];
function months(list, row) {
  const events = list.history[row], sums = Array(12).fill(0);
  if (!events || !events[0].length) return null;
  for (let i = 0; i < events[0].length; i += 2) { const m = 11 - Math.floor(events[0][i] * 12 / YEAR); if (m >= 0) sums[m] += events[0][i + 1]; }
  const most = Math.max(...sums);
  if (!(most > 0)) return null;
  // In full, five digits would run into the neighbour's.
  const isLarge = most >= 10000, short = sum => isLarge ? grouped(sum / 1000, sum < 100000 ? 1 : 0) : figures(Math.round(sum));
  const bars = sums.map((sum, m) => s('g', {}, [s('rect', {class: 's-fill', x: m * 42 + 4, width: 34, y: 86 - 70 * sum / most, height: 70 * sum / most}, s('title', {}, money(sum))),
    (isLarge ? sum >= 50 : sum >= .5) ? s('text', {class: 's-in middle', x: m * 42 + 21, y: 82 - 70 * sum / most}, short(sum)) : null]));
  const label = (m, text, css) => s('text', {class: 's-text ' + css, x: m, y: 100}, text);
  return [h('h3', {}, `Spend in each of the past twelve months, ${isLarge ? 'thousand ' : ''}${D.currency}`), s('svg', {class: 'wide', viewBox: '0 0 504 104', role: 'img', 'aria-label': 'Spend by month, the oldest first: ' + sums.map(v => money(Math.round(v))).join(', ')},
    [s('line', {class: 's-line', x1: 0, x2: 504, y1: 86, y2: 86}), ...bars, label(4, '12 months ago', ''), label(500, dayText(0), 'end')])];
}
function outcomes(list, row) {
  const parts = [['gone', 'Gone already'], ['leaving', 'About to leave: one last order at most'], ['quiet', 'Quiet for a while, then back']].map(([name, says]) => [says, get(list, name + '_probability', row)]).filter(p => p[1] != null);
  if (parts.length < 3) return null;
  parts.push(['Staying', Math.max(0, 1 - parts.reduce((sum, p) => sum + p[1], 0))]);
  // One bar, its parts in the order of the lines below, which say the same.
  let from = 0;
  const piece = ([says, p], nth) => { const x = 504 * from; from += p; return s('rect', {class: 's-part s-part' + nth, x, y: 1, width: Math.max(0, 504 * p), height: 16}, s('title', {}, says + ': ' + percent(p))); };
  const key = nth => s('svg', {class: 'key', viewBox: '0 0 10 10', 'aria-hidden': 'true'}, s('rect', {class: 's-part s-part' + nth, x: .5, y: .5, width: 9, height: 9}));
  return h('div', {class: 'outcomes'}, [s('svg', {class: 'wide', viewBox: '0 0 504 18', 'aria-hidden': 'true'}, parts.map(piece)),
    h('dl', {class: 'facts'}, parts.flatMap(([says, p], nth) => [h('dt', {}, [key(nth), says]), h('dd', {}, percent(p))]))]);
}
// What to do and how, or why nothing: never to be mistaken for each other.
function advice(list, row) {
  const value = name => get(list, name, row), action = value('recommended_action');
  if (isOff(list, row)) {
    const why = value('suppressed_because') || value('action_why');
    return why ? h('div', {class: 'say stop'}, [h('strong', {}, 'No contact'), h('p', {}, whole(why))]) : null;
  }
  const hint = D.hints[action];
  return action == null ? null : h('div', {class: 'say'}, [h('strong', {}, words(action)), h('p', {}, capital(value('action_why') || '')), hint ? h('p', {}, [h('strong', {}, 'How: '), capital(hint.replace(/\.$/, '')) + '.']) : null]);
}
// Since when a customer is in a group, where a list has seen the move; nothing is said where none has.
const MOVES = {life_cycle_stage: 'stage', rfm_segment: 'segment'};
function moved(list, row, name) {
  const since = get(list, MOVES[name] + '_since', row), before = get(list, MOVES[name] + '_before', row);
  if (since == null || before == null) return null;
  return since === 0 && D.since != null ? `Was \u201c${said(before)}\u201d on the list of ${dayText(D.since)}` : `Since the list of ${dayText(since)}; \u201c${said(before)}\u201d before`;
}
// A stage is read from the own rhythm alone: where the probability says otherwise, both are told in one breath.
const LATE = ['at_risk', 'dormant'], PUNCTUAL = ['repeat', 'loyal'];
function despite(list, row) {
  const value = name => get(list, name, row), [stage, band, p] = ['life_cycle_stage', 'risk_band', 'churn_probability'].map(value);
  const differs = LATE.includes(stage) && band === 'low' || PUNCTUAL.includes(stage) && band === 'high';
  return differs && p != null ? `The rhythm alone says so: with all that is known, ${percent(p)} likely to order nothing ${D.horizon_days ? `in ${D.horizon_days} days` : 'in the coming time'}` : null;
}
function open(row, keep) {
  const list = state.list, id = get(list, 'customer_id', row), value = name => get(list, name, row), detailed = row < list.detailed;
  const events = list.history[row];
  const ul = items => h('ul', {}, items.length ? items : h('li', {}, 'None in 400 days'));
  const complaints = events ? events[1].slice().reverse() : [], bought = (events?.[2] || []).map(([ago, on, amount]) => [ago, amount, on]);
  if (events) for (let i = 0; i < events[0].length; i += 2) bought.push([events[0][i], events[0][i + 1]]);
  const orders = bought.sort((a, b) => a[0] - b[0]).slice(0, 6).map(([ago, amount, on]) => h('li', {}, [dayText(ago) + (on == null ? '' : on === ago ? ', given back that day' : ', given back ' + shortDay(on)), h(on == null ? 'span' : 's', {}, money(amount))]));
  const reasons = [1, 2, 3].map(n => [value('reason_' + n), list.weights?.[row]?.[n - 1]]).filter(r => r[0]);
  const most = Math.max(...reasons.map(r => r[1] || 0));
  const range = (low, high, set) => { const [from, to] = [low, high].map(name => set(value(name))); return value(low) == null ? '' : from === to ? ` (${from} in four of five cases)` : ` (${from} to ${to} in four of five cases)`; };
  const silence = value('days_since_last_order'), {usual, few} = pace(list, row);
  const amounts = (...rows) => rows.flatMap(([label, name, says]) => fact(label, value(name) == null ? null : `${money(value(name))}: ${says}`));
  const lines = [
    h('div', {class: 'head'}, [h('h2', {id: 'panel-name', tabindex: -1}, id), h('button', {type: 'button', class: 'plain', 'data-step': -1, 'aria-label': 'Previous customer'}, '\u2191'), h('button', {type: 'button', class: 'plain', 'data-step': 1, 'aria-label': 'Next customer'}, '\u2193'), h('button', {type: 'button', class: 'plain', 'data-close': true}, 'Close')]),
    h('p', {class: 'soft'}, [`Rank ${grouped(row + 1, 0)} of ${grouped(list.total, 0)}`, value('rank_low') == null ? '' : value('rank_low') === row + 1 && value('rank_high') === row + 1 ? '; the same in four of five cases' : `; in four of five cases ${grouped(value('rank_low'), 0)} to ${grouped(value('rank_high'), 0)}`, value('rank_before') == null || D.since == null ? '' : `; ${grouped(value('rank_before'), 0)} on the list of ${dayText(D.since)}`].join('')),
    h('div', {class: 'tags'}, [notice(list, row), value('risk_band') == null ? null : h('span', {class: 'tag'}, 'Risk: ' + words(value('risk_band')).toLowerCase()), value('confidence') === 'low' ? h('span', {class: 'tag ask'}, 'Look before you act: two models disagree') : null]),
    advice(list, row),
    h('dl', {class: 'facts'}, [
      ...list.carried.flatMap(name => fact(words(name), value(name))),
      ...fact('Expected gain', value('expected_net_gain') == null ? null : money(value('expected_net_gain')) + (value('contact_cost') == null ? '' : `, for ${money(value('contact_cost'))} of cost`)),
      ...fact('Often bought too', value('next_category') == null ? null : words(value('next_category')) + ': a category that this customer never bought'),
      ...fact(D.since == null ? 'Changed' : 'Since ' + dayText(D.since), [value('change_since_last') && said(value('change_since_last')), value('change_why')].filter(Boolean).join(': ')),
      ...['life_cycle_stage', 'rfm_segment', 'value_quadrant'].flatMap(name => fact(NAMES[name], [meaning(name, value(name)), name === 'life_cycle_stage' && despite(list, row), moved(list, row, name)].filter(Boolean).join('. '))),
    ]),
  ];
  const strip = rhythm(list, row, {width: 504, height: 84, large: true});
  if (strip) lines.push(h('h3', {}, silence == null ? 'Rhythm' : (usual ? `Usually orders ${usual}; silent for ` : few ? few + '; silent for ' : 'Silent for ') + counted(silence, 'day')), strip,
    h('p', {class: 'note'}, 'Each line is a day with an order, higher for more money. A diamond is a complaint' + (list.resolutions ? ', hollow while open' : '') + '. The shaded part is silence beyond the usual gap.' + (events[2] ? ' A dashed line is an order that was given back as a whole and counts as none.' : '')));
  if (reasons.length) lines.push(h('h3', {}, 'Why this customer'), h('ul', {class: 'reasons'}, reasons.map(([text, weight]) => h('li', {}, [capital(text), weight && most ? bar('wide', weight / most) : null]))));
  const cause = value('cause'), why = value('cause_why');
  if (cause) lines.push(h('h3', {}, 'Likely cause: ' + words(cause).toLowerCase() + (value('cause_controllable') === 'no' ? ' (not in your hands)' : '')), why ? h('p', {}, capital(why)) : null);
  lines.push(h('h3', {}, 'How likely, how much'), h('dl', {class: 'facts'}, [
    ...fact(D.horizon_days ? `No order in ${D.horizon_days} days` : 'No order in the coming time', value('churn_probability') == null ? null : percent(value('churn_probability')) + range('churn_probability_low', 'churn_probability_high', percent) + (value('churn_probability_before') == null || D.since == null ? '' : `; ${percent(value('churn_probability_before'))} on the list of ${dayText(D.since)}`)),
    ...(list.risk === 'gone_probability' ? amounts(['Worth of a return', 'value_after_return', 'what the coming year brings if the customer comes back'], ['On average', 'expected_loss', 'that, times the probability of having left']) : amounts(['At stake', 'value_at_stake', 'what the coming year brings if the customer stays'], ['Expected loss', 'expected_loss', 'that, times the probability of leaving'])), ...fact('Margin so far', money(value('clv_historic'))),
    ...fact('Margin to come', value('clv_predicted') == null ? null : money(value('clv_predicted')) + range('clv_predicted_low', 'clv_predicted_high', money)),
  ]), outcomes(list, row));
  if (events) lines.push(h('div', {class: 'events'}, [h('div', {}, [h('h4', {}, 'Last orders'), ul(orders)]), h('div', {}, [h('h4', {}, 'Complaints'), ul(complaints.filter((c, i) => i < 6 || c[1] == null && list.resolutions).map(c => h('li', {}, [dayText(c[0]) + (c[2] ? ', ' + c[2] : ''), list.resolutions ? h('span', {}, c[1] == null ? 'open' : 'closed') : null])))])]), ...(months(list, row) || []));
  if (!detailed) lines.push(h('p', {class: 'note'}, `History and further columns are on this page for the first ${grouped(list.detailed, 0)} customers. For this one: retain explain --customer ${id}`));
  lines.push(h('details', {}, [h('summary', {}, 'All columns'), h('dl', {class: 'facts'}, list.order.filter(name => name !== 'rank' && (detailed || list.columns[name].full)).flatMap(name => fact(name, exact(list, name, row))))]));
  const panel = $('panel');
  panel.replaceChildren(...lines.filter(Boolean));
  panel.dataset.row = row;
  panel.scrollTop = 0;
  if (!panel.open) panel.showModal();
  if (!keep) $('panel-name').focus();
  state.open = id;
  address();
}
function step(by) {
  const at = shown.indexOf(+$('panel').dataset.row) + by;
  if (at < 0 || at >= shown.length) return;
  if (Math.floor(at / ROWS) !== state.page) state.page = Math.floor(at / ROWS);
  current = at % ROWS;
  drawRows();
  open(shown[at]);
}
$('panel').addEventListener('close', () => { state.open = null; address(); focusRow(current); });

// ---- export -------------------------------------------------------------------------------------------------------------
// As in the files of the run: what a spreadsheet would run as a formula gets an apostrophe in front.
function harmless(text) {
  const seen = text.replace(/^[\s\p{Cc}]+/u, '');
  const formula = /^[=@\uFF1D\uFF20\uFF0B\uFF0D\u2212\uFE62\uFE63]/.test(seen) || (/^[+-]/.test(seen) && !/^[+-](\d+\.?\d*|\.\d+)$/.test(seen.trimEnd())) || /^[\t\r]/.test(text);
  return formula ? "'" + text : text;
}
function csv() {
  const list = state.list, names = list.order;
  // As the config writes `list.csv`: for an Excel whose decimal mark is a comma, with semicolons.
  const isComma = D.csv === 'excel-de', mark = isComma ? ';' : ',';
  const number = text => isComma ? text.replace('.', ',') : text;
  const cell = text => /[",;\r\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
  const line = row => names.map(name => cell(name === 'rank' ? String(row + 1) : row < list.detailed || list.columns[name].full ? (t => list.columns[name].kind === 'number' ? number(t) : harmless(t))(exact(list, name, row)) : '')).join(mark);
  return '\ufeff' + [names.map(name => cell(harmless(name))).join(mark)].concat(Array.from(shown, line)).join('\r\n') + '\r\n';
}
function save() {
  const url = URL.createObjectURL(new Blob([csv()], {type: 'text/csv;charset=utf-8'}));
  h('a', {href: url, download: `${D.file}-${D.as_of}.csv`}).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

// ---- what people do -----------------------------------------------------------------------------------------------------
function tab(name, focus) {
  state.tab = name;
  document.body.dataset.part = name;
  TABS.forEach(t => { const on = t === name, button = $('tab-' + t); $('part-' + t).hidden = !on; button.setAttribute('aria-selected', on); button.tabIndex = on ? 0 : -1; if (on && focus) button.focus(); });
  address();
}
function focusRow(at) {
  const rows = $('rows').tBodies[0]?.rows || [];
  if (!rows[at]) return;
  rows[current]?.setAttribute('tabindex', -1);
  current = at;
  rows[at].tabIndex = 0;
  rows[at].focus();
}
document.addEventListener('click', event => {
  const at = event.target.closest('button,tr[data-row]');
  if (!at) return;
  const data = at.dataset;
  if (at.role === 'tab' || at.getAttribute('role') === 'tab') tab(at.id.slice(4));
  else if (data.sort) { state.down = state.sort === data.sort ? !state.down : !['rank', 'customer_id', 'reason_1', 'recommended_action', 'change_since_last'].includes(data.sort); state.sort = data.sort; state.page = 0; draw(); document.querySelector(`[data-sort="${CSS.escape(data.sort)}"]`)?.focus(); }
  else if (data.filter) { const set = state.f[data.filter] ||= new Set(); set.has(data.value) ? set.delete(data.value) : set.add(data.value); if (!set.size) delete state.f[data.filter]; state.page = 0; draw(); document.querySelector(`.chip[data-filter="${CSS.escape(data.filter)}"][data-value="${CSS.escape(data.value)}"]`)?.focus(); }
  else if (data.list) { state.list = lists[+data.list]; state.f = {}; state.page = 0; state.sort = 'rank'; state.down = false; draw(); }
  else if (data.page) { state.page = +data.page; current = 0; draw(true); $('rows').scrollIntoView(); focusRow(0); }
  else if (data.step) step(+data.step);
  else if ('close' in data) $('panel').close();
  else if (at.id === 'clear') { state.q = ''; state.f = {}; state.page = 0; draw(); $('search').focus(); }
  else if (at.id === 'more') { more = !more; at.setAttribute('aria-expanded', more); drawChips(); }
  else if (at.id === 'export') save();
  else { const row = at.closest('tr[data-row]'); if (row) { current = row.sectionRowIndex; open(+row.dataset.row); } }
});
let waiting;
$('search').addEventListener('input', event => { clearTimeout(waiting); waiting = setTimeout(() => { state.q = event.target.value; state.page = 0; draw(); }, 80); });
document.addEventListener('keydown', event => {
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName), row = event.target.closest?.('tr[data-row]');
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if ($('panel').open) { if (event.key === 'ArrowDown' || event.key === 'ArrowUp') { event.preventDefault(); step(event.key === 'ArrowDown' ? 1 : -1); } return; }
  if (event.key === '/' && !typing) { event.preventDefault(); tab('list'); $('search').focus(); }
  else if (event.key === 'Escape' && event.target.id === 'search' && state.q) { state.q = ''; state.page = 0; draw(); }
  else if (event.key === 'ArrowDown' && event.target.id === 'search') { event.preventDefault(); focusRow(0); }
  else if (row && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) { event.preventDefault(); focusRow(current + (event.key === 'ArrowDown' ? 1 : -1)); }
  else if (row && event.key === 'Enter' && event.target === row) { event.preventDefault(); open(+row.dataset.row); }
  else if (event.target.getAttribute?.('role') === 'tab' && (event.key === 'ArrowRight' || event.key === 'ArrowLeft')) tab(TABS[(TABS.indexOf(state.tab) + (event.key === 'ArrowRight' ? 1 : 2)) % 3], true);
});
addEventListener('hashchange', start);
const slider = $('retention');
if (slider) {
  const [margins, kept] = [slider.dataset.margins, slider.dataset.retention].map(text => JSON.parse(text));
  // Where nobody is lost nobody can be kept.
  const worth = points => {
    let more = 1;
    return margins.reduce((sum, margin, period) => {
      const usual = kept[period - 1];
      if (usual > 0 && usual < 1) more *= Math.min(1, Math.max(0, usual + points / 100)) / usual;
      return sum + margin * more;
    }, 0);
  };
  const say = () => {
    const points = +slider.value, now = Math.min(1, Math.max(0, kept[0] + points / 100)), more = worth(points) - worth(0);
    $('retention-now').textContent = `${points < 0 ? '\u2212' : '+'}${Math.abs(points).toFixed(1)}, at first ${(100 * now).toFixed(1)}\u00a0%`;
    $('retention-value').textContent = `These customers are then worth ${rounded(worth(points))}` + (points === 0 ? ', as expected.' : `: ${rounded(Math.abs(more))} ${more < 0 ? 'less' : 'more'} than expected.`);
  };
  slider.addEventListener('input', say);
  say();
}
// On paper, each reader gets all parts and the first fifty rows.
let before;
addEventListener('beforeprint', () => { before = state.page; state.page = 0; drawRows(); });
addEventListener('afterprint', () => { state.page = before; drawRows(); });
[phone, cards].forEach(width => width.addEventListener('change', () => draw(true)));
function start() {
  read();
  tab(state.tab);
  const wanted = state.open;
  draw();
  if (wanted != null) { const row = state.list.all.find(i => get(state.list, 'customer_id', i) === wanted); if (row != null) { state.open = wanted; open(row); } }
}
start();
document.documentElement.dataset.ready = Math.round(performance.now());
})();
