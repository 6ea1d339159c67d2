"use strict";
// Draws the report from the JSON beside it. No library, no request.

const byId = (id) => document.getElementById(id);
const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};
const shape = (tag, attributes = {}, text) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  return element;
};

// MARK: Numbers

const raised = (n) => String(n).replace(/./g, (c) => ({ "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" }[c]));
const label = (value) => {
  if (value === 0) return "0";
  const exponent = Math.floor(Math.log10(Math.abs(value)) + 1e-12);
  if (exponent >= -3 && exponent <= 4) return String(Number(value.toPrecision(6)));
  const digits = value / 10 ** exponent;
  return (Math.abs(digits - 1) < 1e-6 ? "" : Number(digits.toPrecision(3)) + "·") + "10" + raised(exponent);
};
const short = (value) => (value == null ? "–" : label(Number(value.toPrecision(4))));
const counted = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;
const percent = (value) => (value == null ? "–" : (value * 100).toFixed(2) + " %");

// MARK: Scales

// As in Scale.swift: 0 has a place of its own on a logarithmic axis.
const zeroShare = 0.09, zeroPlace = 0.35 * zeroShare;
function scale(values, logarithmic, start, end, room) {
  const finite = values.filter((v) => v != null && isFinite(v));
  const positive = finite.filter((v) => v > 0);
  const isLog = logarithmic && positive.length > 0;
  const hasZero = isLog && positive.length < finite.length;
  const numbers = isLog ? positive : finite;
  let least = numbers.reduce((a, b) => Math.min(a, b), Infinity), greatest = numbers.reduce((a, b) => Math.max(a, b), -Infinity);
  if (!numbers.length) [least, greatest] = [0, 1];
  if (isLog) {
    const margin = least === greatest ? 0.3 : room > 0 ? Math.max(room * Math.log10(greatest / least), 0.01) : 0;
    [least, greatest] = [least * 10 ** -margin, greatest * 10 ** margin];
  } else {
    const margin = least === greatest ? Math.max(Math.abs(least), 1) * 0.1 : room * (greatest - least);
    [least, greatest] = [least - margin, greatest + margin];
  }
  const first = hasZero ? start + zeroShare * (end - start) : start;
  const at = (v) => !isLog ? start + ((v - least) / (greatest - least)) * (end - start)
    : v > 0 ? first + (Math.log(v / least) / Math.log(greatest / least)) * (end - first)
    : start + zeroPlace * (end - start);
  const ticks = (count) => {
    // Less than half a decade has no powers to show.
    if (!isLog || greatest / least <= 3) {
      const rough = (greatest - least) / count, power = 10 ** Math.floor(Math.log10(rough));
      const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough) || 10 * power;
      const found = hasZero ? [0] : [];
      for (let k = Math.ceil(least / step); k * step <= greatest + step * 1e-9; k++) found.push(Number((k * step).toPrecision(12)));
      return found;
    }
    const low = Math.log10(least), high = Math.log10(greatest), decades = high - low;
    const digits = decades > 2 ? [1] : decades > 1 ? [1, 3] : [1, 2, 3, 5, 7];
    const stride = Math.max(1, Math.ceil(decades / count));
    const found = hasZero ? [0] : [];
    for (let e = Math.floor(low); e <= Math.ceil(high); e++) {
      if (e % stride === 0) for (const d of digits) {
        const tick = d * 10 ** e;
        if (tick >= least * (1 - 1e-9) && tick <= greatest * (1 + 1e-9)) found.push(tick);
      }
    }
    return found;
  };
  return { at, ticks, least, greatest, hasZero, isLog, zeroRoom: zeroPlace * Math.abs(end - start) };
}

// MARK: Drawing

const size = { plot: 290, left: 66, right: 16, top: 30, bottom: 50, gap: 24 };
const narrow = matchMedia("(max-width: 640px)");
const color = (index) => `var(--s${index % 8})`;

// Panels stand side by side, on a phone one below the other.
function layout(panels) {
  const count = panels.length, gap = panels.some((p) => p.y) ? 78 : size.gap;
  const columns = narrow.matches ? 1 : count, width = narrow.matches ? 420 : 960, row = size.top + size.plot + size.bottom;
  const own = (width - size.left - size.right - (columns - 1) * gap) / columns;
  return { width, height: row * (count / columns), panel: (index) => {
    const start = size.left + (index % columns) * (own + gap), top = size.top + Math.floor(index / columns) * row;
    return { start, end: start + own, top, bottom: top + size.plot, isLabeled: index % columns === 0 || Boolean(panels[index].y) };
  } };
}

function mark(x, y, index) {
  const paths = [`M${x - 4} ${y}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0`, `M${x - 3.6} ${y - 3.6}h7.2v7.2h-7.2z`,
    `M${x} ${y - 4.8}l4.6 8.2h-9.2z`, `M${x} ${y - 5}l5 5l-5 5l-5 -5z`];
  return shape("path", { d: paths[index % 4], fill: color(index), class: "mark" });
}

const tip = byId("tip");
function explain(element, words) {
  element.setAttribute("tabindex", "-1");
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", words.replace(/\n/g, ", "));
  const show = () => {
    const box = element.getBoundingClientRect();
    tip.textContent = words;
    tip.classList.add("on");
    tip.style.left = Math.max(4, Math.min(box.x + box.width / 2 + 12, innerWidth - tip.offsetWidth - 8)) + "px";
    tip.style.top = Math.max(4, box.y - tip.offsetHeight - 8) + "px";
  };
  element.addEventListener("mouseenter", show);
  element.addEventListener("focus", show);
  for (const leave of ["mouseleave", "blur"]) element.addEventListener(leave, () => tip.classList.remove("on"));
}

// A figure is one stop of the tab key; the arrow keys go through its marks.
function rove(svg) {
  const marks = [...svg.querySelectorAll("[tabindex]")];
  if (marks.length) marks[0].setAttribute("tabindex", "0");
  svg.addEventListener("keydown", (event) => {
    const at = marks.indexOf(document.activeElement);
    const next = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: marks.length - 1 }[event.key];
    if (at < 0 || next === undefined) return;
    event.preventDefault();
    const to = marks[Math.max(0, Math.min(next, marks.length - 1))];
    marks[at].setAttribute("tabindex", "-1");
    to.setAttribute("tabindex", "0");
    to.focus();
  });
}

// Blue for the best, pale yellow for the worst; as in CellEdges.swift.
const stops = [[38, 60, 120], [38, 110, 142], [52, 155, 130], [140, 198, 110], [238, 232, 150]];
function cellColors(values) {
  const least = Math.min(...values), greatest = Math.max(Math.min(Math.max(...values), least * 3 + 1), least * 1.2 + 1e-9);
  const low = Math.log(Math.max(least, 1e-9)), high = Math.log(Math.max(greatest, 2e-9));
  const share = (v) => Math.min(Math.max((Math.log(Math.max(v, 1e-9)) - low) / Math.max(high - low, 1e-9), 0), 1);
  return {
    isDark: (v) => share(v) < 0.6,
    color: (v) => {
      const place = share(v) * (stops.length - 1), i = Math.min(Math.floor(place), stops.length - 2), t = place - i;
      return `rgb(${stops[i].map((a, k) => Math.round(a + (stops[i + 1][k] - a) * t)).join(",")})`;
    },
  };
}

// The outer edges of the first and the last cell.
function ends(values) {
  const v = [...new Set(values)].filter((x) => x > 0).sort((a, b) => a - b), n = v.length - 1;
  return n < 1 ? [] : [v[0] * Math.sqrt(v[0] / v[1]), v[n] * Math.sqrt(v[n] / v[n - 1])];
}

function edges(values, { at, hasZero, zeroRoom }) {
  const places = [...new Set(values)].map((v) => [v, at(v)]).sort((a, b) => a[1] - b[1]);
  return (value) => {
    const i = places.findIndex((p) => p[0] === value), place = places[i][1];
    const fallback = hasZero ? Math.min(14, zeroRoom) : 14;
    if (value === 0) return [place - fallback, place + fallback];
    const half = (j) => places[j] && places[j][0] !== 0 ? Math.abs(places[j][1] - place) / 2 : null;
    const after = half(i + 1);
    let before = half(i - 1) ?? after ?? fallback;
    if (i > 0 && places[i - 1][0] === 0) before = Math.min(before, Math.max(place - places[i - 1][1] - 1.3 * fallback, 0));
    return [place - before, place + (after ?? before)];
  };
}

function draw(figure, state) {
  const page = layout(figure.panels);
  const svg = shape("svg", { viewBox: `0 0 ${page.width} ${page.height}`, role: "group" });
  const shown = (panels) => panels.flatMap((p) => p.series.filter((s) => !state.hidden.has(s.name)));
  const heights = (series) => series.flatMap((s) => s.points.flatMap((p) => [p.y, p.low, p.high]).concat((s.band || []).flatMap((b) => [b.low, b.high])));
  const cells = figure.panels.flatMap((p) => p.cells);
  const isMap = cells.length > 0;
  let xs = shown(figure.panels).flatMap((s) => s.points.map((p) => p.x)), ys = heights(shown(figure.panels));
  if (isMap) {
    [xs, ys] = [cells.map((c) => c.x), cells.map((c) => c.y)];
    [xs, ys] = [xs.concat(ends(xs)), ys.concat(ends(ys))];
  }
  const rows = [...new Set(cells.map((c) => c.y))];
  const colors = cellColors(cells.map((c) => c.value).filter((v) => v != null));
  figure.panels.forEach((panel, index) => {
    const { start, end, top, bottom, isLabeled } = page.panel(index);
    const x = scale(xs, state.logX, start, end, isMap ? 0 : 0.03);
    const y = panel.y ? scale(heights(shown([panel])), panel.y.isLogarithmic, bottom, top, 0.05) : scale(ys, state.logY, bottom, top, isMap ? 0 : 0.05);
    svg.append(shape("text", { x: (start + end) / 2, y: top - 10, "text-anchor": "middle", class: "panel" }, panel.title));
    for (const tick of x.ticks(end - start < 320 ? 4 : 7)) {
      svg.append(shape("line", { x1: x.at(tick), x2: x.at(tick), y1: top, y2: bottom, class: "grid" }),
        shape("text", { x: x.at(tick), y: bottom + 17, "text-anchor": "middle", class: "tick" }, label(tick)));
    }
    for (const tick of isMap && rows.length <= 12 ? rows : y.ticks(6)) {
      svg.append(shape("line", { x1: start, x2: end, y1: y.at(tick), y2: y.at(tick), class: "grid" }));
      if (isLabeled) svg.append(shape("text", { x: start - 7, y: y.at(tick) + 4, "text-anchor": "end", class: "tick" }, label(tick)));
    }
    svg.append(shape("text", { x: (start + end) / 2, y: bottom + 40, "text-anchor": "middle" }, figure.x.label));
    if (isLabeled) svg.append(shape("text", { transform: `translate(${start - 50} ${(top + bottom) / 2}) rotate(-90)`, "text-anchor": "middle" }, (panel.y ?? figure.y).label));
    const labels = isMap ? drawCells(svg, panel, colors, x, y) : [];
    const clip = `clip-${figure.id}-${index}`;
    const frame = shape("clipPath", { id: clip });
    frame.append(shape("rect", { x: start, y: top, width: end - start, height: size.plot }));
    svg.append(frame);
    const inside = shape("g", { "clip-path": `url(#${clip})` });
    svg.append(inside);
    for (const ridge of panel.ridges) {
      const at = (v) => y.at(ridge.factor * v ** ridge.exponent);
      const place = { x1: x.at(x.least), y1: at(x.least), x2: x.at(x.greatest), y2: at(x.greatest) };
      inside.append(shape("line", { ...place, stroke: "#fff", "stroke-width": ridge.isMain ? 4.5 : 2.5, opacity: 0.75 }));
      inside.append(shape("line", {
        ...place, class: "ridge", stroke: "#111", "stroke-width": ridge.isMain ? 2 : 1,
        "stroke-dasharray": ridge.isMain ? "7 4" : "2 4" }));
    }
    // Over the ridges, which keep off them.
    svg.append(...labels);
    for (const series of panel.series) {
      if (state.hidden.has(series.name)) continue;
      const group = shape("g", { class: "series", "data-series": series.name });
      drawSeries(group, inside, series, x, y, top);
      svg.append(group);
    }
    svg.append(shape("line", { x1: start, x2: end, y1: bottom, y2: bottom, class: "axis" }),
      shape("line", { x1: start, x2: start, y1: top, y2: bottom, class: "axis" }));
  });
  rove(svg);
  const count = svg.querySelectorAll("[tabindex]").length;
  svg.setAttribute("aria-label", `${figure.title}; ${count} marks, arrow keys go from one to the next`);
  return svg;
}

const lost = (x, y, stroke) =>
  shape("path", { d: `M${x - 4} ${y - 4}l8 8m0 -8l-8 8`, stroke, "stroke-width": 1.6, fill: "none", "pointer-events": "none", class: "lost" });

function drawSeries(group, inside, series, x, y, top) {
  const band = (series.band || []).filter((b) => b.low != null && b.high != null);
  if (band.length > 1) {
    const there = band.map((b) => `${x.at(b.x)},${y.at(b.high)}`), back = band.map((b) => `${x.at(b.x)},${y.at(b.low)}`).reverse();
    inside.append(shape("polygon", { points: there.concat(back).join(" "), fill: color(series.color), opacity: 0.18, class: "band" }));
  }
  const joined = series.points.filter((p) => p.y != null && (!x.hasZero || p.x > 0));
  group.append(shape("polyline", {
    points: joined.map((p) => `${x.at(p.x).toFixed(1)},${y.at(p.y).toFixed(1)}`).join(" "),
    fill: "none", stroke: color(series.color), "stroke-width": 2, "stroke-linejoin": "round" }));
  const isDense = series.points.length > 40;
  series.points.forEach((p, index) => {
    const px = x.at(p.x);
    if (p.y == null) {
      const cross = lost(px, top + 8, color(series.color));
      cross.setAttribute("pointer-events", "bounding-box");
      explain(cross, `${series.name}\nat ${short(p.x)}: ${p.lost} of ${p.runs} diverged or failed`);
      group.append(cross);
      return;
    }
    const py = y.at(p.y);
    if (p.low != null && p.high > p.low) group.append(shape("line", { x1: px, x2: px, y1: y.at(p.low), y2: y.at(p.high), stroke: color(series.color) }));
    if (isDense && index % Math.ceil(series.points.length / 40)) return;
    const dot = mark(px, py, series.color);
    if (isDense) dot.setAttribute("opacity", "0");
    const range = p.runs > 1 ? `\n${short(p.low)} … ${short(p.high)}, ${p.runs} runs` : "";
    explain(dot, `${series.name}\nat ${short(p.x)}: ${short(p.y)}${range}${p.lost ? `\n${p.lost} diverged or failed` : ""}`);
    if (isDense) for (const [event, opacity] of [["mouseenter", 1], ["focus", 1], ["mouseleave", 0], ["blur", 0]]) {
      dot.addEventListener(event, () => dot.setAttribute("opacity", String(opacity)));
    }
    group.append(dot);
    if (p.lost) group.append(lost(px, py, "var(--ink)"));
  });
}

// Draws the fields; their labels come back.
function drawCells(svg, panel, colors, x, y) {
  const columns = edges(panel.cells.map((c) => c.x), x), rows = edges(panel.cells.map((c) => c.y), y);
  return panel.cells.map((cell) => {
    const [x0, x1] = columns(cell.x), [y0, y1] = rows(cell.y), fill = cell.value == null ? "#999" : colors.color(cell.value);
    const field = shape("rect", {
      x: x0, y: Math.min(y0, y1), width: x1 - x0, height: Math.abs(y1 - y0), class: "cell", fill, stroke: "var(--paper)" });
    explain(field, `η ${short(cell.y)}, λ_d ${short(cell.x)}\n${cell.value == null ? "no result" : `${cell.value.toFixed(2)} %`}, ${counted(cell.runs, "run")}${cell.lost ? `, ${cell.lost} diverged or failed` : ""}`);
    svg.append(field);
    return shape("text", {
      x: (x0 + x1) / 2, y: (y0 + y1) / 2 + 4, "text-anchor": "middle", "aria-hidden": "true", "pointer-events": "none",
      style: `fill:${cell.value != null && colors.isDark(cell.value) ? "#fff" : "#222"};font-size:10.5px;`
        + `stroke:${fill};stroke-width:3;paint-order:stroke` },
      cell.value == null ? "×" : cell.value.toFixed(cell.value < 9.995 ? 2 : 1));
  });
}

// The selections in each figure, kept when it is redrawn.
const states = new Map();

// A figure with its title, legend and switches.
function mount(figure) {
  const state = states.get(figure.id) ?? { hidden: new Set(), logX: figure.x.isLogarithmic, logY: figure.y.isLogarithmic };
  states.set(figure.id, state);
  const bar = make("div", { class: "bar" }), plot = make("div", { class: "plot" });
  const redraw = () => plot.replaceChildren(draw(figure, state));
  const names = new Map(figure.panels.flatMap((p) => p.series).map((s) => [s.name, s.color]));
  if (names.size > 1) for (const [name, index] of names) {
    const swatch = make("i", { style: `background:${color(index)}` });
    const key = make("button", { class: "key", type: "button", "aria-pressed": String(!state.hidden.has(name)) }, swatch, name);
    key.addEventListener("click", () => {
      state.hidden.has(name) ? state.hidden.delete(name) : state.hidden.add(name);
      key.setAttribute("aria-pressed", String(!state.hidden.has(name)));
      redraw();
    });
    bar.append(key);
  }
  bar.append(make("span", { class: "space" }));
  for (const [axis, flag] of [["x", "logX"], ["y", "logY"]]) {
    if (!figure[axis].isSwitchable) continue;
    const toggle = make("button", { type: "button", class: "scale" });
    const name = () => { toggle.textContent = `${axis}: ${state[flag] ? "logarithmic" : "linear"}`; };
    toggle.addEventListener("click", () => { state[flag] = !state[flag]; name(); redraw(); });
    name();
    bar.append(toggle);
  }
  const element = make("figure", { id: figure.id }, make("h2", {}, figure.title), make("p", { class: "caption" }, figure.caption), bar, plot);
  redraw();
  narrow.addEventListener("change", () => { if (element.isConnected) redraw(); });
  return element;
}

// MARK: Curves of one run

const powers = { 1: "η/‖w‖", 2: "η/‖w‖²", 0: "η" };

function curveFigures(run, curves) {
  const list = (v) => (Array.isArray(v) ? v : []);
  const series = (key, band) => curves.layers.map((layer, index) => ({
    name: layer.name, color: index,
    points: curves.steps.map((step, i) => ({ x: step, y: list(layer[key])[i] ?? null, runs: 1, lost: 0 })).filter((p) => p.y != null),
    band: band ? curves.steps.map((step, i) => ({ x: step, ...band(layer, i) })) : [],
  }));
  const eta = (i) => list(curves.eta)[i];
  const rate = (norm, i) => (norm > 0 && eta(i) != null ? eta(i) / norm ** run.exponent : null);
  const make = (id, title, caption, ylabel, lines) => ({
    id, title, caption, x: { label: "step", isLogarithmic: false, isSwitchable: true },
    y: { label: ylabel, isLogarithmic: true, isSwitchable: true }, panels: [{ title: "", series: lines, cells: [], ridges: [] }],
  });
  const isRated = run.exponent === 1 || run.exponent === 2;
  const figures = [
    make("curve-norm", "‖w‖ over steps", "Median over a layer's filters. The band is the equilibrium prediction, from the 10th to the 90th percentile of the filters.",
      "‖w‖ of a filter", series("norm", (layer, i) => ({ low: list(layer.predictedNormLow)[i] ?? null, high: list(layer.predictedNormHigh)[i] ?? null }))),
    make("curve-rate", "Effective learning rate over steps", `${powers[run.exponent] ?? "The effective learning rate"}, median over a layer's filters; the band is its value at the predicted norms.`,
      "effective learning rate", series("rate", isRated ? (layer, i) => ({ low: rate(list(layer.predictedNormHigh)[i], i), high: rate(list(layer.predictedNormLow)[i], i) }) : null)),
    make("curve-angle", "Angular update over steps", "Angle by which a step rotates a filter, root mean square over filters and the window's steps, in radians; the band is 10 % around the prediction.",
      "angle per step", series("angle", (layer, i) => {
        const v = list(layer.predictedAngle)[i];
        return v == null ? { low: null, high: null } : { low: v * 0.9, high: v * 1.1 };
      })),
  ];
  if (Array.isArray(curves.loss)) figures.push(make("curve-loss", "Training loss over steps", "Mean over each logging window, in nats.", "training loss",
    [{ name: "loss", color: 0, points: curves.steps.map((step, i) => ({ x: step, y: curves.loss[i], runs: 1, lost: 0 })).filter((p) => p.y != null) }]));
  return figures.filter((f) => f.panels[0].series.some((s) => s.points.length > 1));
}

// MARK: The page

let data, curves, order = { column: null, descending: false }, selected = 0;

const fixedColumns = [
  ["status", (r) => r.status, false], ["test error", (r) => r.testError, true, percent], ["train loss", (r) => r.trainLoss, true, short],
  ["seed", (r) => r.seed, true, String], ["seconds", (r) => r.seconds, true, (v) => (v == null ? "–" : v.toFixed(1))],
];
const columns = () => data.columns.map((name, i) => {
  const isNumber = data.runs.every((r) => r.values[i] === "" || isFinite(Number(r.values[i])));
  return [name, (r) => (isNumber && r.values[i] !== "" ? Number(r.values[i]) : r.values[i]), isNumber, (v) => (isNumber && v !== "" ? label(v) : v)];
}).concat(fixedColumns);

function fillTable() {
  const words = byId("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  const all = columns();
  let rows = data.runs.map((run, index) => ({ run, index }));
  const text = ({ run }) => (run.folder + " " + all.map((c) => c[1](run)).join(" ") + " " + data.columns.map((n, i) => `${n}=${run.values[i]}`).join(" ")).toLowerCase();
  rows = rows.filter((row) => { const t = text(row); return words.every((w) => t.includes(w)); });
  if (order.column != null) {
    const value = all[order.column][1];
    const sign = order.descending ? -1 : 1, isMissing = (v) => v == null || v === "";
    // What is missing comes last in both directions.
    const compare = (a, b) => (isMissing(a) || isMissing(b) ? isMissing(a) - isMissing(b) : a < b ? -sign : a > b ? sign : 0);
    rows.sort((a, b) => compare(value(a.run), value(b.run)));
  }
  const head = make("tr", {}, make("th", { scope: "col" }, make("span", { class: "sr" }, "curves")));
  all.forEach(([name, , isNumber], i) => {
    const sort = order.column === i ? (order.descending ? "descending" : "ascending") : "none";
    const button = make("button", { type: "button" }, name + (sort === "none" ? "" : sort === "ascending" ? " ↑" : " ↓"));
    button.addEventListener("click", () => {
      order = { column: i, descending: order.column === i && !order.descending };
      fillTable();
      byId("runs").querySelectorAll("th button")[i].focus();
    });
    head.append(make("th", { scope: "col", "aria-sort": sort, class: isNumber ? "n" : "" }, button));
  });
  const body = make("tbody");
  for (const { run, index } of rows) {
    const choice = make("input", { type: "radio", name: "run", "aria-label": describe(run) });
    choice.checked = index === selected;
    const row = make("tr", {}, make("td", {}, choice));
    all.forEach(([name, value, isNumber, format], i) => {
      const cell = make("td", isNumber ? { class: "n" } : {}, String((format || String)(value(run)) ?? ""));
      if (name === "status" && run.status !== "done") { cell.classList.add("bad"); cell.title = run.cause || ""; }
      row.append(cell);
    });
    choice.addEventListener("change", () => { selected = index; showRun(); });
    row.addEventListener("click", (event) => { if (event.target !== choice) choice.click(); });
    body.append(row);
  }
  byId("runs").replaceChildren(make("thead", {}, head), body);
  const ends = new Map();
  for (const { run } of rows) if (run.status !== "done") ends.set(run.status, (ends.get(run.status) || 0) + 1);
  byId("count").textContent = [rows.length === data.runs.length ? counted(rows.length, "run") : `${rows.length} of ${counted(data.runs.length, "run")}`, ...[...ends].map(([status, n]) => `${n} ${status}`)].join(", ");
}

// What distinguishes a run, in the table's terms.
const describe = (run) => columns().slice(0, data.columns.length).filter(([name]) => name !== "optimizer.name")
  .reduce((words, [name, value, , format]) => `${words}, ${name} ${format(value(run)) || "none"}`, run.optimizer) + `, seed ${run.seed}`;

function showRun() {
  const run = data.runs[selected], own = curves[selected];
  if (!run) return;
  byId("chosen").textContent = describe(run) + (run.status === "done" ? "" : ` (${[run.status, run.cause].filter(Boolean).join(": ")})`);
  const figures = own && own.steps.length ? curveFigures(run, own).map(mount) : [];
  byId("curves").replaceChildren(...(figures.length ? figures : [make("p", {}, "This run has logged too few steps for a curve.")]));
  const lines = [
    "# the command that trained this run", run.command, "",
    `# spec: ${run.folder}/run.json, seed: ${run.seed}`, `tare runs show ${run.folder}`, "",
    ...(run.weights ? ["# the expected result, bit for bit", `weights SHA-256 ${run.weights}`, ""] : []),
    Object.entries(data.versions).sort().map(([k, v]) => `${k} ${v}`).join(", "),
  ];
  byId("reproduce").textContent = lines.join("\n");
}

const verdict = (holds) => make("td", { class: holds ? "good" : "bad" }, holds ? "holds" : "does not hold");

function showClaims() {
  byId("claims").hidden = !data.claims.length;
  byId("verdicts").replaceChildren(...data.claims.map((c) => make("tr", {},
    make("td", { class: "n" }, String(c.claim)), verdict(c.holds),
    make("td", { class: "words" }, c.statement, ...findings(c.findings)))));
}

// The numbers behind a verdict.
const findings = (list) => list.length === 0 ? [] : [make("details", {}, make("summary", {}, counted(list.length, "comparison")),
  make("table", {}, make("thead", {}, make("tr", {}, ...["", "expected", "measured", "tolerance", ""].map((t) => make("th", { scope: "col" }, t)))),
    make("tbody", {}, ...list.map((f) => make("tr", {}, ...[f.subject, f.expected, f.measured, f.tolerance].map((t) => make("td", {}, t)),
      f.holds == null ? make("td", {}, "not judged") : verdict(f.holds))))))];

// Redraws everything and keeps the selections.
function update(newData, newCurves) {
  [data, curves] = [newData, newCurves];
  selected = Math.max(0, Math.min(selected, data.runs.length - 1));
  document.title = data.title;
  byId("title").textContent = data.title;
  byId("figures").replaceChildren(...data.figures.map(mount));
  showClaims();
  fillTable();
  showRun();
}

byId("filter").addEventListener("input", fillTable);
addEventListener("keydown", (event) => { if (event.key === "Escape") tip.classList.remove("on"); });
byId("theme").addEventListener("click", () => {
  const root = document.documentElement;
  const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
});
update(JSON.parse(byId("data").textContent), JSON.parse(byId("curve-data").textContent));
