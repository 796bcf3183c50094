'use strict';
/* The page of a recording. Data come from report_html.c as columns; see there for their order. */
const data = JSON.parse(document.getElementById('data').textContent);
const $ = (id) => document.getElementById(id);
const KIND = ['ISR', 'DPC', 'threaded DPC', 'work item', 'callback', 'task'];
const KIND_VAR = ['--isr', '--dpc', '--tdpc', '--work', '--call', '--task'];
const NEVER = -1;

window.addEventListener('error', (event) => { document.documentElement.dataset.error = event.message; });

function el(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function grouped(number) { return String(number).replace(/\B(?=(\d{3})+$)/g, ','); }

function duration(ns) {
  if (ns < 1000) return ns + ' ns';
  if (ns < 1e6) return (ns / 1e3).toFixed(ns < 1e5 ? 1 : 0) + ' µs';
  if (ns < 1e9) return (ns / 1e6).toFixed(ns < 1e8 ? 2 : 0) + ' ms';
  return (ns / 1e9).toFixed(2) + ' s';
}

function micros(ns) { return ns < 1e6 ? (ns / 1e3).toFixed(1) : grouped(Math.round(ns / 1e3)); }
function percent(part, whole) { return whole ? (part * 100 / whole).toFixed(1) + ' %' : '0.0 %'; }
function irqlName(level) { return ['PASSIVE', 'APC', 'DISPATCH'][level] || (level < 13 ? 'DIRQL ' + level : ['CLOCK', 'IPI', 'HIGH'][level - 13]); }

/* ---- columns ---- */

function columns(flat, names) {
  const width = names.length;
  const count = flat.length / width;
  const result = { count };
  names.forEach((name, column) => {
    const values = new Float64Array(count);
    for (let i = 0; i < count; i++) values[i] = flat[i * width + column];
    result[name] = values;
  });
  return result;
}

const pieces = columns(data.pieces, ['start', 'end', 'first', 'last', 'kind', 'processor', 'irql', 'depth', 'subject', 'run']);
const runs = columns(data.runs, ['kind', 'subject', 'start', 'end', 'first', 'last', 'queued', 'cause', 'processor', 'irql', 'flags']);
const requests = columns(data.requests, ['subject', 'major', 'start', 'end', 'first', 'last', 'delivered', 'deliveredOrder', 'status', 'completedBy', 'queue', 'irp']);
const depths = columns(data.depths, ['at', 'order', 'subject', 'queued', 'owned', 'processor']);
const marks = columns(data.marks, ['at', 'order', 'kind', 'subject', 'value', 'processor']);
const levels = columns(data.levels, ['at', 'order', 'processor', 'irql']);
const nameOf = (subject) => data.names[subject] || 'idle';

const effects = new Map(); /* run -> runs and requests that it caused */
for (let i = 0; i < runs.count; i++) {
  if (runs.cause[i] !== NEVER) {
    if (!effects.has(runs.cause[i])) effects.set(runs.cause[i], []);
    effects.get(runs.cause[i]).push({ run: i });
  }
}
for (let i = 0; i < requests.count; i++) {
  if (requests.completedBy[i] !== NEVER) {
    if (!effects.has(requests.completedBy[i])) effects.set(requests.completedBy[i], []);
    effects.get(requests.completedBy[i]).push({ request: i });
  }
}

/* ---- header, cards ---- */

function header() {
  const meta = data.meta;
  $('title').textContent = meta.drivers || 'wdfcore report';
  document.title = (meta.drivers || 'driver') + ' · wdfcore report';
  const chip = (text, value, bad) => {
    const node = el('span', bad ? 'chip bad' : 'chip');
    node.append(el('b', '', value), ' ' + text);
    $('chips').append(node);
  };
  chip('events', grouped(meta.events));
  chip('of ' + meta.clock + ' time', duration(meta.end));
  chip(meta.processors === 1 ? 'processor' : 'processors', meta.processors);
  if (meta.seed) chip('seed', meta.seed);
  if (meta.lost) chip('events missing', grouped(meta.lost), true);
  if (meta.violations) chip(meta.violations === 1 ? 'violation' : 'violations', meta.violations, true);
}

function cards() {
  const card = (id, color, label, value, unit, note, bad) => {
    const node = el('div', bad ? 'card bad' : 'card');
    const head = el('div', 'label');
    const dot = el('span', 'dot');
    dot.style.background = 'var(' + color + ')';
    head.append(dot, label);
    const body = el('div', 'value', value);
    body.id = id;
    if (unit) body.append(el('small', '', unit));
    node.append(head, body, el('div', 'note', note));
    $('cards').append(node);
  };
  const all = data.all;
  const isrWait = data.isrWait;
  const total = data.requestRows.reduce((sum, row) => sum + (row.irp ? 0 : row.count), 0);
  const slowest = data.requestRows.reduce((most, row) => Math.max(most, row.irp ? 0 : row.total.p99), 0);
  const failed = data.requestRows.reduce((sum, row) => sum + (row.irp ? 0 : row.failed), 0);
  card('card-isr', '--isr', 'ISR calls', grouped(all[0].count), '', all[0].count ? 'p99 ' + duration(all[0].p99) + ', longest ' + duration(all[0].max) : 'none came');
  card('card-dpc', '--dpc', 'DPC calls', grouped(all[1].count + all[2].count), '', 'p99 ' + duration(all[1].p99) + ', longest ' + duration(all[1].max));
  card('card-latency', '--accent', 'ISR to DPC', isrWait.count ? duration(isrWait.p50) : '–', '', isrWait.count ? 'p99 ' + duration(isrWait.p99) + ' of ' + grouped(isrWait.count) : 'no DPC was queued by an ISR');
  card('card-work', '--work', 'Work items', grouped(all[3].count), '', all[3].count ? 'p99 ' + duration(all[3].p99) : 'none ran');
  card('card-requests', '--request', 'Requests', grouped(total), '', 'p99 ' + duration(slowest) + (failed ? ', ' + grouped(failed) + ' failed' : ''));
  card('card-violations', data.meta.violations ? '--bad' : '--good', 'Violations', String(data.meta.violations), '', data.meta.violations ? 'marked in the timeline' : 'none', data.meta.violations > 0);
}

/* ---- histograms, processors ---- */

function histogram(id, times, color) {
  const host = $(id);
  if (!times.count) { host.append(el('div', 'empty', 'There were none.')); return; }
  const grid = el('div', 'hist');
  const most = Math.max(...times.buckets);
  times.buckets.forEach((count, i) => {
    const low = data.edges[i];
    const high = data.edges[i + 1];
    grid.append(el('div', 'edge', high === undefined ? '≥ ' + low + ' µs' : low + '–' + high + ' µs'));
    const track = el('div', 'track');
    const fill = el('div', 'fill');
    fill.style.width = (count ? Math.max(1, count * 100 / most) : 0) + '%';
    fill.style.background = 'var(' + color + ')';
    track.append(fill);
    const number = el('div', 'count', grouped(count));
    number.id = id + '-' + low;
    grid.append(track, number, el('div', 'share', percent(count, times.count)));
  });
  host.append(grid, el('div', 'foot', grouped(times.count) + ' calls, ' + duration(times.total) + ' in all; p50 ' + duration(times.p50) + ', p90 ' + duration(times.p90) + ', p99 ' + duration(times.p99) + ', longest ' + duration(times.max)));
}

function usage() {
  data.usage.forEach((use, i) => {
    const all = use.isr + use.dpc + use.task + use.idle;
    const row = el('div', 'use');
    const stack = el('div', 'stack');
    [['--isr', use.isr], ['--dpc', use.dpc], ['--task', use.task]].forEach(([color, part]) => {
      const node = el('div');
      node.style.width = (all ? part * 100 / all : 0) + '%';
      node.style.background = 'var(' + color + ')';
      stack.append(node);
    });
    row.append(el('b', '', 'P' + i), stack, el('div', 'words', 'ISR ' + percent(use.isr, all) + ', DPC ' + percent(use.dpc, all) + ', tasks ' + percent(use.task, all) + '; ' + grouped(use.isrRuns) + ' ISRs, ' + grouped(use.dpcRuns) + ' DPCs'));
    $('usage').append(row);
  });
}

/* ---- tables ---- */

function table(host, head, rows, sorted) {
  const thead = el('thead');
  const line = el('tr');
  const body = el('tbody');
  let by = sorted;
  let down = true;
  const fill = () => {
    const value = head[by].value;
    const order = rows.slice().sort((a, b) => {
      const x = value(a);
      const y = value(b);
      return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1);
    });
    body.textContent = '';
    order.forEach((row) => {
      const tr = el('tr', row.pick ? 'pick' : '');
      head.forEach((column) => {
        const td = el('td', column.text ? 'text' : '');
        const shown = column.show ? column.show(row) : column.value(row);
        td.append(shown);
        tr.append(td);
      });
      if (row.pick) tr.onclick = row.pick;
      if (row.id) tr.dataset.row = row.id;
      body.append(tr);
    });
    line.querySelectorAll('th').forEach((th, i) => {
      if (i === by) th.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      else th.removeAttribute('aria-sort');
    });
  };
  head.forEach((column, i) => {
    const th = el('th', column.text ? 'text' : '', column.name);
    if (column.title) th.title = column.title;
    th.onclick = () => { down = by === i ? !down : !column.text; by = i; fill(); };
    line.append(th);
  });
  thead.append(line);
  host.textContent = '';
  host.append(thead, body);
  fill();
}

function spark(times, color) {
  const node = el('span', 'spark');
  const most = Math.max(1, ...times.buckets);
  times.buckets.forEach((count) => {
    const bar = el('i');
    bar.style.height = (count ? Math.max(2, count * 16 / most) : 1) + 'px';
    if (count) bar.style.background = 'var(' + color + ')';
    node.append(bar);
  });
  node.title = times.buckets.map((count, i) => data.edges[i] + ' µs: ' + count).join('\n');
  return node;
}

function rowsTable(kind) {
  const time = (get, has) => ({ value: (row) => has && !has(row) ? -1 : get(row), show: (row) => has && !has(row) ? '–' : micros(get(row)) });
  const waited = (row) => row.wait.count > 0;
  const fromIsr = (row) => row.isrWait.count > 0;
  const rows = data.rows.filter((row) => kind < 0 || row.kind === kind).map((row) => Object.assign(row, {
    id: nameOf(row.subject), pick: () => findSubject(row.subject) }));
  table($('rows'), [
    { name: 'Routine', text: true, value: (row) => nameOf(row.subject), show: (row) => {
      const node = el('span');
      node.append(el('span', 'name', nameOf(row.subject)));
      if (data.objectNames[row.subject] !== nameOf(row.subject)) node.append(el('span', 'object', data.objectNames[row.subject]));
      return node;
    } },
    { name: 'Kind', text: true, value: (row) => row.kind, show: (row) => {
      const node = el('span', 'kind');
      const dot = el('span', 'dot');
      dot.style.background = 'var(' + KIND_VAR[row.kind] + ')';
      node.append(dot, KIND[row.kind]);
      return node;
    } },
    { name: 'Calls', value: (row) => row.duration.count, show: (row) => grouped(row.duration.count) },
    Object.assign({ name: 'Total µs' }, time((row) => row.duration.total)),
    Object.assign({ name: 'p50' }, time((row) => row.duration.p50)),
    Object.assign({ name: 'p90' }, time((row) => row.duration.p90)),
    Object.assign({ name: 'p99' }, time((row) => row.duration.p99)),
    Object.assign({ name: 'Longest' }, time((row) => row.duration.max)),
    { name: 'Durations', value: (row) => row.duration.max, show: (row) => spark(row.duration, KIND_VAR[row.kind]), title: 'calls by duration, from 0 to 250 µs and more' },
    { name: 'Queued', value: (row) => row.queued, show: (row) => row.queued ? grouped(row.queued) : '–' },
    { name: 'Coalesced', title: 'enqueues while it was queued already', value: (row) => row.coalesced, show: (row) => row.coalesced ? grouped(row.coalesced) : '–' },
    Object.assign({ name: 'Wait p50', title: 'from enqueue to entry' }, time((row) => row.wait.p50, waited)),
    Object.assign({ name: 'Wait p99', title: 'from enqueue to entry' }, time((row) => row.wait.p99, waited)),
    Object.assign({ name: 'ISR→ p50', title: 'from entry of the ISR that queued it' }, time((row) => row.isrWait.p50, fromIsr)),
    Object.assign({ name: 'ISR→ p99', title: 'from entry of the ISR that queued it' }, time((row) => row.isrWait.p99, fromIsr)),
  ], rows, 3);
}

function kindButtons() {
  const present = new Set(data.rows.map((row) => row.kind));
  const button = (kind, text) => {
    const node = el('button', '', text);
    node.onclick = () => {
      $('kinds').querySelectorAll('button').forEach((other) => other.setAttribute('aria-pressed', other === node));
      rowsTable(kind);
    };
    $('kinds').append(node);
    return node;
  };
  button(-1, 'All').setAttribute('aria-pressed', 'true');
  KIND.forEach((name, kind) => { if (present.has(kind)) button(kind, name); });
}

function requestTable() {
  if (!data.requestRows.length) { $('requests').replaceWith(el('div', 'empty', 'There were none.')); return; }
  const time = (name, get) => ({ name, value: get, show: (row) => row.total.count ? micros(get(row)) : '–' });
  table($('requests'), [
    { name: 'Kind', text: true, value: (row) => row.major, show: (row) => {
      const node = el('span');
      node.append(el('span', 'name', row.major), el('span', 'object', row.irp ? 'IRP' : 'WDFREQUEST'));
      return node;
    } },
    { name: 'Count', value: (row) => row.count, show: (row) => grouped(row.count) },
    { name: 'Failed', value: (row) => row.failed, show: (row) => row.failed ? grouped(row.failed) : '–' },
    { name: 'Open', value: (row) => row.open, show: (row) => row.open ? grouped(row.open) : '–' },
    time('p50 µs', (row) => row.total.p50), time('p90', (row) => row.total.p90),
    time('p99', (row) => row.total.p99), time('Longest', (row) => row.total.max),
    time('In queue p50', (row) => row.wait.p50), time('In driver p50', (row) => row.service.p50),
  ], data.requestRows.map((row) => Object.assign(row, { id: (row.irp ? 'IRP ' : '') + row.major })), 1);
}

/* ---- object tree: indented lines ---- */

function objectTree() {
  const lines = data.objects.split('\n').filter((line) => line.trim() !== '');
  if (!lines.length) { $('objects').append(el('div', 'empty', 'There are no framework objects.')); return; }
  const depthOf = (line) => (line.length - line.trimStart().length) / 2;
  const words = (line) => {
    const node = el('span');
    const comma = line.indexOf(',');
    node.append(el('span', '', (comma < 0 ? line : line.slice(0, comma)).trim()));
    if (comma >= 0) node.append(el('span', 'soft', line.slice(comma)));
    return node;
  };
  const stack = [{ depth: -1, node: $('objects') }];
  lines.forEach((line, i) => {
    const depth = depthOf(line);
    while (stack[stack.length - 1].depth >= depth) stack.pop();
    const parent = stack[stack.length - 1].node;
    if (i + 1 < lines.length && depthOf(lines[i + 1]) > depth) {
      const node = el('details');
      const summary = el('summary');
      node.open = lines.length < 200 || depth < 2;
      summary.append(words(line));
      node.append(summary);
      parent.append(node);
      stack.push({ depth, node });
    } else {
      const node = el('div', 'leaf');
      node.append(words(line));
      parent.append(node);
    }
  });
}
