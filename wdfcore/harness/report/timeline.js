/* The timeline: lanes of bars, drawn on a canvas. Lanes are sorted, so that drawing looks only at
 * what is visible, and bars narrower than a pixel are drawn once a pixel. */
const timeline = (() => {
  const GUTTER = 132, ROW = 17, STRIP = 9, GAP = 12, AXIS = 22, CHART = 34, MAX_REQUEST_LANES = 12;
  const canvas = $('timeline');
  const overview = $('overview');
  const tip = $('tip');
  let axis = 'time';
  let view = [0, 1];
  let full = [0, 1];
  let lanes = [];
  let height = 0;
  let picked = null; /* { run } or { request } */
  let found = null;  /* set of subjects */
  let hover = null;
  let colors = {};
  let frame = 0;

  function readColors() {
    const style = getComputedStyle(document.documentElement);
    ['--panel', '--bg', '--ink', '--soft', '--line', '--grid', '--accent', '--isr', '--dpc', '--tdpc', '--work', '--call', '--task', '--request', '--depth', '--owned', '--bad', '--good'].forEach((name) => { colors[name] = style.getPropertyValue(name).trim(); });
  }

  /* ---- lanes ---- */

  /* Requests overlap: each takes the lowest lane that is free. Those beyond the last share it. */
  function requestLanes() {
    const result = [];
    const until = [];
    for (let i = 0; i < requests.count; i++) {
      let lane = until.findIndex((end) => end < requests.first[i]);
      if (lane < 0) lane = Math.min(until.length, MAX_REQUEST_LANES - 1);
      until[lane] = Math.max(until[lane] || 0, requests.last[i]);
      (result[lane] = result[lane] || []).push(i);
    }
    return result;
  }

  function layout() {
    const byLane = new Map();
    for (let i = 0; i < pieces.count; i++) {
      const key = pieces.processor[i] * 64 + pieces.depth[i];
      if (!byLane.has(key)) byLane.set(key, []);
      byLane.get(key).push(i);
    }
    let y = AXIS;
    lanes = [];
    const add = (lane, size) => { lanes.push(Object.assign(lane, { y, size })); y += size; };
    for (let p = 0; p < data.meta.processors; p++) {
      const own = [];
      for (let i = 0; i < levels.count; i++) if (levels.processor[i] === p) own.push(i);
      add({ type: 'title', text: 'processor ' + p }, 0);
      add({ type: 'level', items: own, label: 'IRQL' }, STRIP + 5);
      for (let depth = 0; depth < 64; depth++) {
        const items = byLane.get(p * 64 + depth);
        if (items) {
          items.sort((a, b) => pieces.first[a] - pieces.first[b]);
          add({ type: 'pieces', items, label: depth === 0 ? 'task' : '' }, ROW);
        } else if (depth > 8) break;
      }
      y += GAP;
    }
    const waiting = requestLanes();
    if (waiting.length) {
      add({ type: 'title', text: 'requests' }, 0);
      waiting.forEach((items, i) => add({ type: 'requests', items, label: i === waiting.length - 1 && i === MAX_REQUEST_LANES - 1 ? 'and more' : '' }, ROW));
      y += GAP;
    }
    const queues = new Map();
    for (let i = 0; i < depths.count; i++) {
      const key = depths.subject[i] ? 'q' + depths.subject[i] : 'p' + depths.processor[i];
      if (!queues.has(key)) queues.set(key, []);
      queues.get(key).push(i);
    }
    const rank = (key) => (key[0] === 'p' ? 0 : 1e9) + Number(key.slice(1));
    Array.from(queues.keys()).sort((a, b) => rank(a) - rank(b)).forEach((key) => {
      const items = queues.get(key);
      const most = items.reduce((max, i) => Math.max(max, depths.queued[i] + depths.owned[i]), 1);
      add({ type: 'depth', items, most, text: key[0] === 'q' ? nameOf(depths.subject[items[0]]) : 'DPC queue ' + depths.processor[items[0]], label: 'depth, most ' + most }, CHART);
      y += 6;
    });
    height = y + 4;
  }

  const startOf = (lane, i) => lane.type === 'pieces' ? (axis === 'time' ? pieces.start[i] : pieces.first[i])
    : lane.type === 'requests' ? (axis === 'time' ? requests.start[i] : requests.first[i])
    : lane.type === 'level' ? (axis === 'time' ? levels.at[i] : levels.order[i])
    : (axis === 'time' ? depths.at[i] : depths.order[i]);
  const endOf = (lane, i) => lane.type === 'pieces' ? (axis === 'time' ? pieces.end[i] : pieces.last[i])
    : (axis === 'time' ? requests.end[i] : requests.last[i]);

  /* The first of a lane that ends at or after x. */
  function firstVisible(lane, x) {
    let low = 0;
    let high = lane.items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (endOf(lane, lane.items[middle]) < x) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /* The last point of a lane at or before x. */
  function pointBefore(lane, x) {
    let low = 0;
    let high = lane.items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (startOf(lane, lane.items[middle]) <= x) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  /* ---- drawing ---- */

  const width = () => canvas.clientWidth;
  const scale = () => (width() - GUTTER - 8) / (view[1] - view[0]);
  const toX = (value) => GUTTER + (value - view[0]) * scale();
  const fromX = (x) => view[0] + (x - GUTTER) / scale();

  function prepare(target, heightWanted) {
    const ratio = window.devicePixelRatio || 1;
    const w = target.clientWidth;
    if (target.width !== Math.round(w * ratio) || target.height !== Math.round(heightWanted * ratio)) {
      target.width = Math.round(w * ratio);
      target.height = Math.round(heightWanted * ratio);
      target.style.height = heightWanted + 'px';
    }
    const context = target.getContext('2d');
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, w, heightWanted);
    context.font = '11px system-ui, sans-serif';
    context.textBaseline = 'middle';
    return context;
  }

  function levelColor(irql) {
    return irql > 2 ? colors['--isr'] : irql === 2 ? colors['--dpc'] : irql === 1 ? colors['--tdpc'] : null;
  }

  function step(range, room) {
    const raw = range / Math.max(2, room / 110);
    const power = Math.pow(10, Math.floor(Math.log10(Math.max(raw, 1))));
    return Math.max(1, [1, 2, 5, 10].map((n) => n * power).find((n) => n >= raw));
  }

  function drawAxis(c) {
    const every = step(view[1] - view[0], width() - GUTTER);
    c.fillStyle = colors['--soft'];
    c.strokeStyle = colors['--grid'];
    c.lineWidth = 1;
    c.textAlign = 'center';
    for (let value = Math.ceil(view[0] / every) * every; value <= view[1]; value += every) {
      const x = Math.round(toX(value)) + .5;
      c.beginPath();
      c.moveTo(x, AXIS - 6);
      c.lineTo(x, height);
      c.stroke();
      c.fillText(axis === 'time' ? axisText(value, every) : grouped(value), x, 8);
    }
    c.textAlign = 'left';
    c.fillText(axis === 'time' ? '' : 'event', 8, 8);
  }

  function axisText(ns, every) {
    const [unit, size] = every >= 1e9 ? ['s', 1e9] : every >= 1e6 ? ['ms', 1e6] : every >= 1e3 ? ['µs', 1e3] : ['ns', 1];
    return grouped(Math.round(ns / size)) + ' ' + unit;
  }

  function bar(c, lane, start, end, color, text, dim, outline) {
    let x0 = Math.max(GUTTER, toX(start));
    let x1 = Math.min(width() - 8, Math.max(toX(end), toX(start) + 1));
    if (x1 - x0 < 3) { /* whole pixels: half ones look pale */
      x0 = Math.floor(x0);
      x1 = Math.max(x0 + 1, Math.floor(x1));
    }
    if (x1 < GUTTER || x0 > width() - 8) return;
    const w = Math.max(1, x1 - x0 - (x1 - x0 > 4 ? .6 : 0));
    c.globalAlpha = dim ? .18 : 1;
    c.fillStyle = color;
    c.fillRect(x0, lane.y + 1, w, lane.size - 3);
    if (outline) {
      c.strokeStyle = colors['--ink'];
      c.lineWidth = 1.5;
      c.strokeRect(x0 + .5, lane.y + 1.5, Math.max(1, w - 1), lane.size - 4);
    }
    if (w > 26 && text) {
      c.save();
      c.beginPath();
      c.rect(x0, lane.y, w - 3, lane.size);
      c.clip();
      c.fillStyle = inkOn(color);
      c.fillText(text, x0 + 4, lane.y + lane.size / 2);
      c.restore();
    }
    c.globalAlpha = 1;
  }

  const inks = {};
  function inkOn(color) { /* dark letters on light bars */
    if (!inks[color]) {
      const hex = color.replace('#', '');
      const [r, g, b] = [0, 2, 4].map((i) => parseInt(hex.substr(i, 2), 16));
      inks[color] = r * .299 + g * .587 + b * .114 > 150 ? '#14181d' : '#ffffff';
    }
    return inks[color];
  }

  function drawBars(c, lane) {
    const isPieces = lane.type === 'pieces';
    let lastX = -1;
    for (let n = firstVisible(lane, view[0]); n < lane.items.length; n++) {
      const i = lane.items[n];
      const start = startOf(lane, i);
      if (start > view[1]) break;
      const end = Math.max(endOf(lane, i), start);
      const x1 = toX(end);
      const subject = isPieces ? pieces.subject[i] : requests.subject[i];
      const outline = picked && (isPieces ? picked.run !== undefined && picked.run === pieces.run[i] : picked.request === i);
      const hit = !found || found.has(subject);
      if (x1 < lastX + 1 && !outline && !(found && hit)) continue; /* this pixel is painted */
      lastX = Math.max(x1, toX(start) + 1);
      const color = isPieces ? colors[KIND_VAR[pieces.kind[i]]] : colors['--request'];
      bar(c, lane, start, end, color, isPieces ? nameOf(subject) : data.majors[requests.major[i]] + ' ' + nameOf(subject), !hit, outline);
      if (!isPieces && requests.delivered[i] !== NEVER) { /* the part in the queue is pale */
        const until = axis === 'time' ? requests.delivered[i] : requests.deliveredOrder[i];
        const a = Math.max(GUTTER, toX(start));
        const b = Math.min(width() - 8, toX(until));
        if (b - a > 1) {
          c.fillStyle = colors['--panel'];
          c.globalAlpha = .55;
          c.fillRect(a, lane.y + 1, b - a, lane.size - 3);
          c.globalAlpha = 1;
        }
      }
    }
  }

  function drawLevels(c, lane) {
    let lastX = -1;
    for (let n = pointBefore(lane, view[0]); n < lane.items.length; n++) {
      const i = lane.items[n];
      const start = startOf(lane, i);
      if (start > view[1]) break;
      const end = n + 1 < lane.items.length ? startOf(lane, lane.items[n + 1]) : full[1];
      const color = levelColor(levels.irql[i]);
      const x0 = Math.max(GUTTER, toX(start));
      const x1 = Math.min(width() - 8, toX(end));
      if (!color || x1 < GUTTER || (x1 < lastX + .5 && levels.irql[i] <= 2)) continue;
      lastX = x1;
      c.fillStyle = color;
      c.globalAlpha = levels.irql[i] > 2 ? .55 + Math.min(.45, (levels.irql[i] - 3) * .05) : .6;
      c.fillRect(x0, lane.y + 1, Math.max(1, x1 - x0), STRIP);
    }
    c.globalAlpha = 1;
  }

  function drawDepth(c, lane) {
    const base = lane.y + lane.size - 2;
    const unit = (lane.size - 6) / lane.most;
    const column = new Map(); /* the most of each pixel */
    let before = pointBefore(lane, view[0]);
    const area = (get, color, alpha) => {
      c.fillStyle = color;
      c.globalAlpha = alpha;
      column.clear();
      for (let n = before; n < lane.items.length; n++) {
        const start = startOf(lane, lane.items[n]);
        if (start > view[1]) break;
        const end = n + 1 < lane.items.length ? startOf(lane, lane.items[n + 1]) : full[1];
        const x0 = Math.max(GUTTER, toX(start));
        const x1 = Math.min(width() - 8, toX(end));
        const value = get(lane.items[n]);
        if (x1 < GUTTER || value === 0) continue;
        if (x1 - x0 < 1) {
          const pixel = Math.floor(x0);
          if ((column.get(pixel) || 0) >= value) continue;
          column.set(pixel, value);
          c.fillRect(pixel, base - value * unit, 1, value * unit);
        } else {
          c.fillRect(x0, base - value * unit, x1 - x0, value * unit);
        }
      }
      c.globalAlpha = 1;
    };
    area((i) => depths.queued[i] + depths.owned[i], colors['--owned'], .35);
    area((i) => depths.queued[i], colors['--depth'], .8);
    c.strokeStyle = colors['--line'];
    c.beginPath();
    c.moveTo(GUTTER, base + .5);
    c.lineTo(width() - 8, base + .5);
    c.stroke();
  }

  function drawMarks(c) {
    let lastX = -9;
    for (let i = 0; i < marks.count; i++) {
      const x = toX(axis === 'time' ? marks.at[i] : marks.order[i]);
      const violation = data.eventKinds[marks.kind[i]] === 'violation';
      if (x < GUTTER || x > width() - 8 || (x - lastX < 3 && !violation)) continue;
      if (!violation && data.eventKinds[marks.kind[i]] !== 'power') continue;
      lastX = x;
      c.fillStyle = c.strokeStyle = violation ? colors['--bad'] : colors['--good'];
      c.beginPath();
      c.moveTo(x - 4, AXIS - 8);
      c.lineTo(x + 4, AXIS - 8);
      c.lineTo(x, AXIS - 1);
      c.fill();
      if (violation) {
        c.lineWidth = 1.5;
        c.beginPath();
        c.moveTo(x, AXIS);
        c.lineTo(x, height);
        c.stroke();
      }
    }
  }

  /* ---- arrows ---- */

  function place(what, atEnd) {
    if (what.run !== undefined) {
      for (const lane of lanes) {
        if (lane.type !== 'pieces') continue;
        const from = axis === 'time' ? runs.start[what.run] : runs.first[what.run];
        for (let n = firstVisible(lane, from); n < lane.items.length; n++) {
          const i = lane.items[n];
          if (startOf(lane, i) > (axis === 'time' ? runs.end[what.run] : runs.last[what.run])) break;
          if (pieces.run[i] === what.run) return { x: toX(atEnd ? endOf(lane, i) : startOf(lane, i)), y: lane.y + lane.size / 2 };
        }
      }
      return null;
    }
    for (const lane of lanes) {
      if (lane.type !== 'requests') continue;
      const n = lane.items.indexOf(what.request);
      if (n >= 0) return { x: toX(endOf(lane, what.request)), y: lane.y + lane.size / 2 };
    }
    return null;
  }

  function arrow(c, from, to, color) {
    if (!from || !to) return;
    const bend = Math.max(14, Math.abs(to.x - from.x) / 2);
    c.strokeStyle = c.fillStyle = color;
    c.lineWidth = 1.6;
    c.beginPath();
    c.moveTo(from.x, from.y);
    c.bezierCurveTo(from.x + bend, from.y, to.x - bend, to.y, to.x, to.y);
    c.stroke();
    c.beginPath();
    c.moveTo(to.x, to.y);
    c.lineTo(to.x - 6, to.y - 3.5);
    c.lineTo(to.x - 6, to.y + 3.5);
    c.fill();
  }

  /* What led to it, as far back as known, and what it led to, as far as that goes. */
  function chain(start) {
    const links = [];
    const seen = new Set();
    const forward = (run, depth) => {
      if (depth > 6 || seen.has(run)) return;
      seen.add(run);
      (effects.get(run) || []).slice(0, 24).forEach((effect) => {
        links.push([{ run }, effect]);
        if (effect.run !== undefined) forward(effect.run, depth + 1);
      });
    };
    let run = start.run !== undefined ? start.run : requests.completedBy[start.request];
    if (start.request !== undefined && run !== NEVER) links.push([{ run }, { request: start.request }]);
    if (start.run !== undefined) forward(run, 0);
    for (let n = 0; n < 12 && run !== NEVER && runs.cause[run] !== NEVER; n++) {
      links.push([{ run: runs.cause[run] }, { run }]);
      run = runs.cause[run];
    }
    return links;
  }

  function drawArrows(c) {
    c.save();
    c.beginPath();
    c.rect(GUTTER, 0, width() - GUTTER - 8, height);
    c.clip();
    if (picked) {
      chain(picked).forEach(([from, to]) => arrow(c, place(from, false), place(to, false), colors['--accent']));
    } else { /* all of them while they are few */
      const visible = [];
      for (let i = 0; i < runs.count && visible.length <= 40; i++) {
        const at = axis === 'time' ? runs.start[i] : runs.first[i];
        if (at >= view[0] && at <= view[1] && runs.cause[i] !== NEVER) visible.push(i);
      }
      if (visible.length <= 40) {
        c.globalAlpha = .55;
        visible.forEach((i) => arrow(c, place({ run: runs.cause[i] }, false), place({ run: i }, false), colors['--accent']));
        c.globalAlpha = 1;
      }
    }
    c.restore();
  }

  function drawLabels(c) {
    c.fillStyle = colors['--panel'];
    c.fillRect(0, AXIS - 4, GUTTER - 1, height);
    lanes.forEach((lane) => {
      c.textAlign = 'left';
      if (lane.type === 'title') {
        c.font = '600 12px system-ui, sans-serif';
        c.fillStyle = colors['--ink'];
        c.fillText(lane.text, 4, lane.y + 7);
        c.font = '11px system-ui, sans-serif';
      } else if (lane.type === 'depth') {
        c.fillStyle = colors['--ink'];
        c.fillText(lane.text, 4, lane.y + 10);
        c.fillStyle = colors['--soft'];
        c.fillText(lane.label, 4, lane.y + 24);
      } else if (lane.label) {
        c.fillStyle = colors['--soft'];
        c.textAlign = 'right';
        c.fillText(lane.label, GUTTER - 8, lane.y + lane.size / 2);
      }
    });
    c.textAlign = 'left';
  }

  function draw() {
    frame = 0;
    const c = prepare(canvas, height);
    drawAxis(c);
    lanes.forEach((lane) => {
      if (lane.type === 'pieces' || lane.type === 'requests') drawBars(c, lane);
      else if (lane.type === 'level') drawLevels(c, lane);
      else if (lane.type === 'depth') drawDepth(c, lane);
    });
    drawMarks(c);
    drawArrows(c);
    drawLabels(c);
    drawOverview();
  }

  function later() { if (!frame) frame = requestAnimationFrame(draw); }

  /* ---- overview: how busy each stretch is ---- */

  let busy = null;
  function density(w) {
    if (busy && busy.axis === axis && busy.w === w) return busy;
    const bins = new Float64Array(w);
    const hot = new Float64Array(w);
    const per = (full[1] - full[0]) / w;
    for (let i = 0; i < runs.count; i++) {
      const at = axis === 'time' ? runs.start[i] : runs.first[i];
      const bin = Math.min(w - 1, Math.max(0, Math.floor((at - full[0]) / per)));
      bins[bin]++;
      if (runs.kind[i] === 0) hot[bin]++;
    }
    busy = { axis, w, bins, hot, most: bins.reduce((max, n) => Math.max(max, n), 1) };
    return busy;
  }

  function drawOverview() {
    const w = overview.clientWidth;
    const c = prepare(overview, 36);
    const { bins, hot, most } = density(Math.max(1, w - GUTTER - 8));
    for (let i = 0; i < bins.length; i++) {
      const tall = bins[i] ? 3 + Math.sqrt(bins[i] / most) * 27 : 0;
      const red = bins[i] ? tall * hot[i] / bins[i] : 0;
      c.fillStyle = colors['--call'];
      c.fillRect(GUTTER + i, 33 - tall, 1, tall - red);
      c.fillStyle = colors['--isr'];
      c.fillRect(GUTTER + i, 33 - red, 1, red);
    }
    const at = (value) => GUTTER + (value - full[0]) / (full[1] - full[0]) * (w - GUTTER - 8);
    const [a, b] = [at(view[0]), at(view[1])];
    c.fillStyle = colors['--ink'];
    c.globalAlpha = .1;
    c.fillRect(GUTTER, 0, a - GUTTER, 36);
    c.fillRect(b, 0, w - 8 - b, 36);
    c.globalAlpha = 1;
    c.strokeStyle = colors['--accent'];
    c.lineWidth = 1.5;
    c.strokeRect(a + .75, .75, Math.max(2, b - a - 1.5), 34.5);
    c.fillStyle = colors['--soft'];
    c.fillText('all of it', 4, 18);
  }

  /* ---- moving ---- */

  function setView(start, end) {
    const least = axis === 'time' ? 20 : 4;
    const range = Math.min(Math.max(end - start, least), full[1] - full[0]);
    const first = Math.min(Math.max(start, full[0]), full[1] - range);
    view = [first, first + range];
    later();
  }

  function zoom(factor, at) {
    const center = at === undefined ? (view[0] + view[1]) / 2 : at;
    setView(center - (center - view[0]) * factor, center + (view[1] - center) * factor);
  }

  function setAxis(wanted) {
    axis = wanted;
    const end = axis === 'time' ? Math.max(data.meta.end, 100) : Math.max(data.meta.events, 4);
    full = [0, end * 1.005];
    view = full.slice();
    document.querySelectorAll('[data-axis]').forEach((button) => button.setAttribute('aria-pressed', String(button.dataset.axis === axis)));
    later();
  }

  /* ---- pointing ---- */

  function under(x, y) {
    if (x < GUTTER) return null;
    const value = fromX(x);
    const slack = 3 / scale();
    const lane = lanes.find((each) => each.size && y >= each.y && y < each.y + each.size);
    if (!lane) return null;
    if (lane.type === 'pieces' || lane.type === 'requests') {
      for (let n = firstVisible(lane, value - slack); n < lane.items.length; n++) {
        const i = lane.items[n];
        if (startOf(lane, i) > value + slack) return null;
        return { lane, i };
      }
      return null;
    }
    return lane.items && lane.items.length ? { lane, i: lane.items[pointBefore(lane, value)] } : null;
  }

  function describe(hit) {
    const lines = [];
    const { lane, i } = hit;
    if (lane.type === 'pieces') {
      const run = pieces.run[i];
      const from = run === NEVER ? pieces.start[i] : runs.start[run];
      const to = run === NEVER ? pieces.end[i] : runs.end[run];
      lines.push([nameOf(pieces.subject[i]), true], [KIND[pieces.kind[i]] + ' at ' + irqlName(pieces.irql[i]) + (data.objectNames[pieces.subject[i]] ? ', ' + data.objectNames[pieces.subject[i]] : '')],
        [duration(to - from) + ' from ' + duration(from)]);
      if (run !== NEVER && runs.queued[run] !== NEVER) lines.push(['waited ' + duration(Math.max(0, runs.start[run] - runs.queued[run]))]);
      if (run !== NEVER && runs.cause[run] !== NEVER) lines.push(['queued by ' + nameOf(runs.subject[runs.cause[run]])]);
    } else if (lane.type === 'requests') {
      lines.push([data.majors[requests.major[i]] + ', ' + nameOf(requests.subject[i]), true], [duration(requests.end[i] - requests.start[i]) + ' from ' + duration(requests.start[i])],
        [requests.status[i] === NEVER ? 'not completed' : 'status 0x' + requests.status[i].toString(16).toUpperCase().padStart(8, '0')]);
      if (requests.queue[i]) lines.push(['in ' + nameOf(requests.queue[i]) + (requests.delivered[i] !== NEVER ? ' for ' + duration(requests.delivered[i] - requests.start[i]) : '')]);
    } else if (lane.type === 'level') {
      lines.push([irqlName(levels.irql[i]), true], ['since ' + duration(levels.at[i])]);
    } else {
      lines.push([lane.text, true], [depths.queued[i] + ' queued' + (depths.subject[i] ? ', ' + depths.owned[i] + ' with the driver' : '')]);
    }
    return lines;
  }

  function showTip(event) {
    const hit = under(event.offsetX, event.offsetY);
    hover = hit;
    tip.hidden = !hit;
    if (!hit) return;
    tip.textContent = '';
    describe(hit).forEach(([text, strong]) => tip.append(el(strong ? 'b' : 'div', strong ? '' : 'dim', text)));
    const left = event.offsetX + 14;
    tip.style.left = Math.max(0, Math.min(left, width() - tip.offsetWidth - 4)) + 'px';
    tip.style.top = (event.offsetY + 16) + 'px';
  }

  function pick(what) {
    picked = what;
    const host = $('detail');
    host.textContent = '';
    if (what) {
      const add = (label, value, go) => {
        const node = el('span', '', label + ' ');
        const inner = el(go ? 'a' : 'b', '', value);
        if (go) inner.onclick = go;
        node.append(inner);
        host.append(node);
      };
      if (what.run !== undefined) {
        const r = what.run;
        add(KIND[runs.kind[r]], nameOf(runs.subject[r]));
        if (data.objectNames[runs.subject[r]]) add('of', data.objectNames[runs.subject[r]]);
        add('on processor', String(runs.processor[r]));
        add('took', duration(runs.end[r] - runs.start[r]));
        if (runs.queued[r] !== NEVER) add('waited', duration(Math.max(0, runs.start[r] - runs.queued[r])));
        if (runs.cause[r] !== NEVER) add('queued by', nameOf(runs.subject[runs.cause[r]]), () => show({ run: runs.cause[r] }));
        (effects.get(r) || []).slice(0, 6).forEach((effect) => {
          if (effect.run !== undefined) add('led to', nameOf(runs.subject[effect.run]), () => show(effect));
          else add('completed', nameOf(requests.subject[effect.request]), () => show(effect));
        });
      } else {
        const q = what.request;
        add(data.majors[requests.major[q]], nameOf(requests.subject[q]));
        add('took', duration(requests.end[q] - requests.start[q]));
        if (requests.delivered[q] !== NEVER) add('in queue', duration(requests.delivered[q] - requests.start[q]));
        if (requests.completedBy[q] !== NEVER) add('completed by', nameOf(runs.subject[requests.completedBy[q]]), () => show({ run: requests.completedBy[q] }));
      }
    }
    later();
  }

  /* Pick it and bring it into view. */
  function show(what) {
    const [a, b] = what.run !== undefined
      ? (axis === 'time' ? [runs.start[what.run], runs.end[what.run]] : [runs.first[what.run], runs.last[what.run]])
      : (axis === 'time' ? [requests.start[what.request], requests.end[what.request]] : [requests.first[what.request], requests.last[what.request]]);
    if (a < view[0] || b > view[1]) {
      const room = Math.max((b - a) * 8, Math.min(view[1] - view[0], axis === 'time' ? 50000 : 60));
      setView((a + b - room) / 2, (a + b + room) / 2);
    }
    pick(what);
  }

  function listen() {
    let drag = null;
    canvas.addEventListener('mousedown', (event) => { drag = { x: event.offsetX, view: view.slice(), moved: false }; canvas.classList.add('dragging'); });
    window.addEventListener('mouseup', () => { canvas.classList.remove('dragging'); setTimeout(() => { drag = null; }, 0); });
    canvas.addEventListener('mousemove', (event) => {
      if (drag && event.buttons === 1) {
        const by = (event.offsetX - drag.x) / scale();
        drag.moved = drag.moved || Math.abs(event.offsetX - drag.x) > 3;
        if (drag.moved) { tip.hidden = true; setView(drag.view[0] - by, drag.view[1] - by); }
      } else showTip(event);
    });
    canvas.addEventListener('mouseleave', () => { tip.hidden = true; });
    canvas.addEventListener('click', (event) => {
      if (drag && drag.moved) return;
      const hit = under(event.offsetX, event.offsetY);
      if (hit && hit.lane.type === 'pieces' && pieces.run[hit.i] !== NEVER) pick({ run: pieces.run[hit.i] });
      else if (hit && hit.lane.type === 'requests') pick({ request: hit.i });
      else pick(null);
    });
    canvas.addEventListener('dblclick', (event) => zoom(.4, fromX(event.offsetX)));
    canvas.addEventListener('wheel', (event) => {
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        zoom(Math.pow(1.0018, event.deltaY), fromX(event.offsetX));
      } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        event.preventDefault();
        const by = (event.deltaX || event.deltaY) / scale();
        setView(view[0] + by, view[1] + by);
      }
    }, { passive: false });
    canvas.addEventListener('keydown', (event) => {
      const range = view[1] - view[0];
      const act = { w: () => zoom(.6), s: () => zoom(1.7), a: () => setView(view[0] - range * .2, view[1] - range * .2), d: () => setView(view[0] + range * .2, view[1] + range * .2), 0: () => setView(full[0], full[1]), Escape: () => pick(null) };
      act.ArrowLeft = act.a; act.ArrowRight = act.d; act.ArrowUp = act.w; act.ArrowDown = act.s;
      if (act[event.key]) { event.preventDefault(); act[event.key](); }
    });
    const jump = (event) => {
      if (event.buttons !== 1) return;
      const center = full[0] + (event.offsetX - GUTTER) / (overview.clientWidth - GUTTER - 8) * (full[1] - full[0]);
      const range = view[1] - view[0];
      setView(center - range / 2, center + range / 2);
    };
    overview.addEventListener('mousedown', jump);
    overview.addEventListener('mousemove', jump);
    document.querySelectorAll('[data-axis]').forEach((button) => { button.onclick = () => setAxis(button.dataset.axis); });
    $('zoom-in').onclick = () => zoom(.5);
    $('zoom-out').onclick = () => zoom(2);
    $('zoom-fit').onclick = () => setView(full[0], full[1]);
    $('find').addEventListener('input', (event) => {
      const text = event.target.value.trim().toLowerCase();
      found = text ? new Set(data.names.map((name, i) => [name, i]).filter(([name]) => name && name.toLowerCase().includes(text)).map(([, i]) => i)) : null;
      later();
    });
    new ResizeObserver(later).observe(canvas);
    window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => { readColors(); later(); });
  }

  function legend() {
    const present = new Set(Array.from(pieces.kind));
    const entries = KIND.map((name, kind) => [name, KIND_VAR[kind], present.has(kind)]);
    entries.push(['request', '--request', requests.count > 0]);
    entries.filter((entry) => entry[2]).forEach(([name, color]) => {
      const node = el('span');
      const dot = el('span', 'dot');
      dot.style.background = 'var(' + color + ')';
      node.append(dot, name);
      $('legend').append(node);
    });
  }

  function start() {
    readColors();
    layout();
    legend();
    listen();
    /* A virtual clock may stand still while much happens: then their order says more. */
    const still = data.meta.clock === 'virtual' && data.all[0].max + data.all[1].max === 0;
    setAxis(still ? 'order' : 'time');
    goTo(new URLSearchParams(location.hash.slice(1)));
  }

  /* report.html#axis=order&from=100&to=200&run=7 opens there. */
  function goTo(wanted) {
    if (wanted.has('axis')) setAxis(wanted.get('axis') === 'order' ? 'order' : 'time');
    if (wanted.has('from') && wanted.has('to')) setView(Number(wanted.get('from')), Number(wanted.get('to')));
    if (Number(wanted.get('run')) < runs.count && wanted.has('run')) pick({ run: Number(wanted.get('run')) });
  }

  return { start, show, redraw: () => { readColors(); later(); } };
})();

function findSubject(subject) {
  $('find').value = nameOf(subject);
  $('find').dispatchEvent(new Event('input'));
  $('timeline-panel').scrollIntoView({ behavior: 'smooth', block: 'start' });
}

$('theme').onclick = () => {
  const dark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === 'dark' : window.matchMedia('(prefers-color-scheme: dark)').matches;
  document.documentElement.dataset.theme = dark ? 'light' : 'dark';
  timeline.redraw();
};

header();
cards();
histogram('histogram-isr', data.all[0], '--isr');
histogram('histogram-dpc', data.all[1], '--dpc');
usage();
kindButtons();
rowsTable(-1);
requestTable();
objectTree();
timeline.start();
document.documentElement.dataset.ready = 'yes';
