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
const percent = (value) => (value == null ? "–" : (value * 100).toFixed(2) + " %");

// MARK: Scales

// As in Scale.swift: 0 has a place of its own on a logarithmic axis.
function scale(values, logarithmic, start, end, room) {
  const finite = values.filter((v) => v != null && isFinite(v));
  const positive = finite.filter((v) => v > 0);
  const isLog = logarithmic && positive.length > 0;
  const hasZero = isLog && positive.length < finite.length;
  const numbers = isLog ? positive : finite;
  let least = numbers.reduce((a, b) => Math.min(a, b), Infinity), greatest = numbers.reduce((a, b) => Math.max(a, b), -Infinity);
  if (!numbers.length) [least, greatest] = [0, 1];
  if (isLog) {
    const margin = least === greatest ? 0.3 : room * Math.log10(greatest / least);
    [least, greatest] = [least * 10 ** -margin, greatest * 10 ** margin];
  } else {
    const margin = least === greatest ? Math.max(Math.abs(least), 1) * 0.1 : room * (greatest - least);
    [least, greatest] = [least - margin, greatest + margin];
  }
  const first = hasZero ? start + 0.09 * (end - start) : start;
  const at = (v) => !isLog ? start + ((v - least) / (greatest - least)) * (end - start)
    : v > 0 ? first + (Math.log(v / least) / Math.log(greatest / least)) * (end - first)
    : start + 0.035 * (end - start);
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
  return { at, ticks, least, greatest, hasZero, isLog };
}

// MARK: Drawing

const size = { width: 960, plot: 290, left: 66, right: 16, top: 30, bottom: 50, gap: 24 };
const colour = (index) => `var(--s${index % 8})`;

function extent(panel, count) {
  const width = (size.width - size.left - size.right - (count - 1) * size.gap) / count;
  const start = size.left + panel * (width + size.gap);
  return [start, start + width];
}

function mark(x, y, index) {
  const paths = [`M${x - 4} ${y}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0`, `M${x - 3.6} ${y - 3.6}h7.2v7.2h-7.2z`,
    `M${x} ${y - 4.8}l4.6 8.2h-9.2z`, `M${x} ${y - 5}l5 5l-5 5l-5 -5z`];
  return shape("path", { d: paths[index % 4], fill: colour(index), class: "mark" });
}

const tip = byId("tip");
function explain(element, words) {
  element.setAttribute("tabindex", "0");
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

// Blue for the best, pale yellow for the worst; as in CellEdges.swift.
const stops = [[38, 60, 120], [38, 110, 142], [52, 155, 130], [140, 198, 110], [238, 232, 150]];
function cellColours(values) {
  const least = Math.min(...values), greatest = Math.max(Math.min(Math.max(...values), least * 3 + 1), least + 1e-9);
  const share = (v) => Math.min(Math.max(Math.log(v / least) / Math.log(greatest / least), 0), 1);
  return {
    isDark: (v) => share(v) < 0.6,
    colour: (v) => {
      const place = share(v) * (stops.length - 1), i = Math.min(Math.floor(place), stops.length - 2), t = place - i;
      return `rgb(${stops[i].map((a, k) => Math.round(a + (stops[i + 1][k] - a) * t)).join(",")})`;
    },
  };
}

function edges(values, at) {
  const places = [...new Set(values)].map((v) => [v, at(v)]).sort((a, b) => a[1] - b[1]);
  return (value) => {
    const i = places.findIndex((p) => p[0] === value), place = places[i][1];
    const fallback = 14;
    if (value === 0) return [place - fallback, place + fallback];
    const half = (j) => places[j] && places[j][0] !== 0 ? Math.abs(places[j][1] - place) / 2 : null;
    const after = half(i + 1);
    let before = half(i - 1) ?? after ?? fallback;
    if (i > 0 && places[i - 1][0] === 0) before = Math.min(before, Math.max(place - places[i - 1][1] - 1.3 * fallback, 0));
    return [place - before, place + (after ?? before)];
  };
}

function draw(figure, state) {
  const height = size.top + size.plot + size.bottom, bottom = size.top + size.plot;
  const svg = shape("svg", { viewBox: `0 0 ${size.width} ${height}`, role: "group", "aria-label": figure.title });
  const points = figure.panels.flatMap((p) => p.series.filter((s) => !state.hidden.has(s.name)).flatMap((s) => s.points));
  const bands = figure.panels.flatMap((p) => p.series.filter((s) => !state.hidden.has(s.name)).flatMap((s) => s.band || []));
  const cells = figure.panels.flatMap((p) => p.cells);
  const isMap = cells.length > 0;
  const xs = points.map((p) => p.x).concat(cells.map((c) => c.x));
  const ys = points.flatMap((p) => [p.y, p.low, p.high]).concat(bands.flatMap((b) => [b.low, b.high]), cells.map((c) => c.y));
  const y = scale(ys, state.logY, bottom, size.top, isMap ? 0.13 : 0.05);
  figure.panels.forEach((panel, index) => {
    const [start, end] = extent(index, figure.panels.length);
    const x = scale(xs, state.logX, start, end, isMap ? 0.15 : 0.03);
    svg.append(shape("text", { x: (start + end) / 2, y: size.top - 10, "text-anchor": "middle", class: "panel" }, panel.title));
    for (const tick of x.ticks(end - start < 320 ? 4 : 7)) {
      svg.append(shape("line", { x1: x.at(tick), x2: x.at(tick), y1: size.top, y2: bottom, class: "grid" }),
        shape("text", { x: x.at(tick), y: bottom + 17, "text-anchor": "middle", class: "tick" }, label(tick)));
    }
    for (const tick of y.ticks(6)) {
      svg.append(shape("line", { x1: start, x2: end, y1: y.at(tick), y2: y.at(tick), class: "grid" }));
      if (index === 0) svg.append(shape("text", { x: start - 7, y: y.at(tick) + 4, "text-anchor": "end", class: "tick" }, label(tick)));
    }
    svg.append(shape("text", { x: (start + end) / 2, y: height - 10, "text-anchor": "middle" }, figure.x.label));
    if (isMap) drawCells(svg, figure, panel, x, y);
    const clip = `clip-${figure.id}-${index}`;
    const frame = shape("clipPath", { id: clip });
    frame.append(shape("rect", { x: start, y: size.top, width: end - start, height: size.plot }));
    svg.append(frame);
    const inside = shape("g", { "clip-path": `url(#${clip})` });
    svg.append(inside);
    for (const ridge of panel.ridges) {
      const at = (v) => y.at(ridge.factor * v ** ridge.exponent);
      const place = { x1: x.at(x.least), y1: at(x.least), x2: x.at(x.greatest), y2: at(x.greatest) };
      if (ridge.isMain) inside.append(shape("line", { ...place, stroke: "#fff", "stroke-width": 4.5, opacity: 0.75 }));
      inside.append(shape("line", {
        ...place, class: "ridge", stroke: "#111", "stroke-width": ridge.isMain ? 2 : 1,
        "stroke-dasharray": ridge.isMain ? "7 4" : "2 4" }));
    }
    for (const series of panel.series) {
      if (state.hidden.has(series.name)) continue;
      const group = shape("g", { class: "series", "data-series": series.name });
      drawSeries(group, inside, series, x, y);
      svg.append(group);
    }
    svg.append(shape("line", { x1: start, x2: end, y1: bottom, y2: bottom, class: "axis" }),
      shape("line", { x1: start, x2: start, y1: size.top, y2: bottom, class: "axis" }));
  });
  svg.append(shape("text", { transform: `translate(16 ${size.top + size.plot / 2}) rotate(-90)`, "text-anchor": "middle" }, figure.y.label));
  return svg;
}

function drawSeries(group, inside, series, x, y) {
  const band = (series.band || []).filter((b) => b.low != null && b.high != null);
  if (band.length > 1) {
    const there = band.map((b) => `${x.at(b.x)},${y.at(b.high)}`), back = band.map((b) => `${x.at(b.x)},${y.at(b.low)}`).reverse();
    inside.append(shape("polygon", { points: there.concat(back).join(" "), fill: colour(series.colour), opacity: 0.18, class: "band" }));
  }
  const joined = series.points.filter((p) => p.y != null && (!x.hasZero || p.x > 0));
  group.append(shape("polyline", {
    points: joined.map((p) => `${x.at(p.x).toFixed(1)},${y.at(p.y).toFixed(1)}`).join(" "),
    fill: "none", stroke: colour(series.colour), "stroke-width": 2, "stroke-linejoin": "round" }));
  const isDense = series.points.length > 40;
  series.points.forEach((p, index) => {
    const px = x.at(p.x);
    if (p.y == null) {
      const cross = shape("path", { d: `M${px - 4} ${size.top + 4}l8 8m0 -8l-8 8`, stroke: colour(series.colour), "stroke-width": 1.6, class: "lost" });
      explain(cross, `${series.name}\nat ${short(p.x)}: ${p.lost} of ${p.runs} diverged or failed`);
      group.append(cross);
      return;
    }
    const py = y.at(p.y);
    if (p.low != null && p.high > p.low) group.append(shape("line", { x1: px, x2: px, y1: y.at(p.low), y2: y.at(p.high), stroke: colour(series.colour) }));
    if (isDense && index % Math.ceil(series.points.length / 40)) return;
    const dot = mark(px, py, series.colour);
    if (isDense) dot.setAttribute("opacity", "0");
    const range = p.runs > 1 ? `\n${short(p.low)} … ${short(p.high)}, ${p.runs} runs` : "";
    explain(dot, `${series.name}\nat ${short(p.x)}: ${short(p.y)}${range}${p.lost ? `\n${p.lost} diverged or failed` : ""}`);
    if (isDense) { dot.addEventListener("mouseenter", () => dot.setAttribute("opacity", "1")); dot.addEventListener("mouseleave", () => dot.setAttribute("opacity", "0")); }
    group.append(dot);
  });
}

function drawCells(svg, figure, panel, x, y) {
  const colours = cellColours(panel.cells.map((c) => c.value).filter((v) => v != null));
  const columns = edges(panel.cells.map((c) => c.x), x.at), rows = edges(panel.cells.map((c) => c.y), y.at);
  for (const cell of panel.cells) {
    const [x0, x1] = columns(cell.x), [y0, y1] = rows(cell.y);
    const field = shape("rect", {
      x: x0, y: Math.min(y0, y1), width: x1 - x0, height: Math.abs(y1 - y0), class: "cell",
      fill: cell.value == null ? "#999" : colours.colour(cell.value), stroke: "var(--paper)" });
    explain(field, `η ${short(cell.y)}, λ_d ${short(cell.x)}\n${cell.value == null ? "no result" : `${cell.value.toFixed(2)} %`}, ${cell.runs} run${cell.runs > 1 ? "s" : ""}${cell.lost ? `, ${cell.lost} diverged or failed` : ""}`);
    svg.append(field, shape("text", {
      x: (x0 + x1) / 2, y: (y0 + y1) / 2 + 4, "text-anchor": "middle", "aria-hidden": "true", "pointer-events": "none",
      style: `fill:${cell.value != null && colours.isDark(cell.value) ? "#fff" : "#222"};font-size:10.5px` },
      cell.value == null ? "×" : cell.value.toFixed(2)));
  }
}

// A figure with its title, legend and switches.
function mount(figure) {
  const state = { hidden: new Set(), logX: figure.x.isLogarithmic, logY: figure.y.isLogarithmic };
  const bar = make("div", { class: "bar" }), plot = make("div", { class: "plot" });
  const redraw = () => plot.replaceChildren(draw(figure, state));
  const names = new Map(figure.panels.flatMap((p) => p.series).map((s) => [s.name, s.colour]));
  if (names.size > 1) for (const [name, index] of names) {
    const swatch = make("i", { style: `background:${colour(index)}` });
    const key = make("button", { class: "key", type: "button", "aria-pressed": "true" }, swatch, name);
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
  return element;
}

// MARK: Curves of one run

const powers = { 1: "η/‖w‖", 2: "η/‖w‖²", 0: "η" };

function curveFigures(run, curves) {
  const list = (v) => (Array.isArray(v) ? v : []);
  const series = (key, band) => curves.layers.map((layer, index) => ({
    name: layer.name, colour: index,
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
    make("curve-norm", "‖w‖ over steps", "Median over a layer's filters. The band is what equilibrium predicts, from the 10th to the 90th percentile of the filters.",
      "‖w‖ of a filter", series("norm", (layer, i) => ({ low: list(layer.predictedNormLow)[i] ?? null, high: list(layer.predictedNormHigh)[i] ?? null }))),
    make("curve-rate", "Effective rate over steps", `${powers[run.exponent] ?? "The effective rate"}, median over a layer's filters; the band is what it would be at the predicted norms.`,
      "effective rate", series("rate", isRated ? (layer, i) => ({ low: rate(list(layer.predictedNormHigh)[i], i), high: rate(list(layer.predictedNormLow)[i], i) }) : null)),
    make("curve-angle", "Angular update over steps", "How far a step turns a filter, root mean square over filters and the window's steps, in radians; the band is 10 % around the prediction.",
      "angle per step", series("angle", (layer, i) => {
        const v = list(layer.predictedAngle)[i];
        return v == null ? { low: null, high: null } : { low: v * 0.9, high: v * 1.1 };
      })),
  ];
  if (Array.isArray(curves.loss)) figures.push(make("curve-loss", "Training loss over steps", "Mean of a logging window, in nats.", "training loss",
    [{ name: "loss", colour: 0, points: curves.steps.map((step, i) => ({ x: step, y: curves.loss[i], runs: 1, lost: 0 })).filter((p) => p.y != null) }]));
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
    const compare = (a, b) => (a == null || a === "" ? 1 : b == null || b === "" ? -1 : a < b ? -1 : a > b ? 1 : 0);
    rows.sort((a, b) => compare(value(a.run), value(b.run)) * (order.descending ? -1 : 1));
  }
  const head = make("tr");
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
    const row = make("tr", { "aria-selected": String(index === selected), tabindex: "0" });
    all.forEach(([name, value, isNumber, format], i) => {
      const cell = make("td", isNumber ? { class: "n" } : {}, String((format || String)(value(run)) ?? ""));
      if (name === "status" && run.status !== "done") { cell.classList.add("bad"); cell.title = run.cause || ""; }
      row.append(cell);
    });
    const choose = () => { selected = index; fillTable(); showRun(); };
    row.addEventListener("click", choose);
    row.addEventListener("keydown", (event) => { if (event.key === "Enter") choose(); });
    body.append(row);
  }
  byId("runs").replaceChildren(make("thead", {}, head), body);
  byId("count").textContent = `${rows.length} of ${data.runs.length} runs`;
}

function showRun() {
  const run = data.runs[selected], own = curves[selected];
  const name = data.columns.map((n, i) => `${n} ${run.values[i]}`).filter((n) => !n.startsWith("rule.name")).concat(`seed ${run.seed}`).join(", ");
  byId("chosen").textContent = `${run.rule}${name ? ": " + name : ""}${run.status === "done" ? "" : ` (${run.status}: ${run.cause || ""})`}`;
  byId("curves").replaceChildren(...(own && own.steps.length ? curveFigures(run, own).map(mount) : [make("p", {}, "This run has no metrics yet.")]));
  const lines = [
    `# the spec is in ${run.folder}/run.json`, run.command, "",
    `# one run of it: resumed, compared, or shown`, `tare runs show ${run.folder}`,
    ...(run.weights ? ["", `weights SHA-256 ${run.weights}`] : []),
    "", Object.entries(data.versions).sort().map(([k, v]) => `${k} ${v}`).join(", "),
  ];
  byId("reproduce").textContent = lines.join("\n");
}

function showClaims() {
  byId("claims").hidden = !data.claims.length;
  byId("verdicts").replaceChildren(...data.claims.map((c) => make("tr", {},
    make("td", { class: "n" }, String(c.claim)), make("td", { class: c.holds ? "good" : "bad" }, c.holds ? "holds" : "does not hold"),
    make("td", { style: "white-space:normal" }, c.statement))));
}

// Draws everything anew; what the reader has chosen stays.
function update(newData, newCurves) {
  [data, curves] = [newData, newCurves];
  selected = Math.min(selected, data.runs.length - 1);
  document.title = data.title;
  byId("title").textContent = data.title;
  byId("figures").replaceChildren(...data.figures.map(mount));
  showClaims();
  fillTable();
  showRun();
}

byId("filter").addEventListener("input", fillTable);
byId("theme").addEventListener("click", () => {
  const root = document.documentElement;
  const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
});
update(JSON.parse(byId("data").textContent), JSON.parse(byId("curve-data").textContent));
