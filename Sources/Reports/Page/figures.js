"use strict";
// Draws figures as in FigureSVG.swift, with marks to point at. No library, no request.

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
  // As in Scale.swift: between fewer than three labels, ticks show that the axis is logarithmic.
  const minorTicks = (count) => {
    const labeled = ticks(count).filter((t) => t > 0), found = [];
    if (!isLog || labeled.length >= 3 || greatest / least >= 1e6) return found;
    for (let e = Math.floor(Math.log10(least)); e <= Math.ceil(Math.log10(greatest)); e++) for (let d = 1; d <= 9; d++) {
      const tick = d * 10 ** e;
      if (tick >= least && tick <= greatest && !labeled.some((l) => Math.abs(l / tick - 1) < 1e-9)) found.push(tick);
    }
    return found;
  };
  return { at, ticks, minorTicks, least, greatest, hasZero, isLog, zeroRoom: zeroPlace * Math.abs(end - start) };
}

// MARK: Drawing

const size = { plot: 290, left: 66, right: 16, top: 30, bottom: 50, gap: 24 };
const narrow = matchMedia("(max-width: 640px)");
const color = (index) => (index == null ? "var(--faint)" : `var(--s${index % 8})`);

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

// As in Marker.swift: each color has a shape.
const shapes = [[-4, 0, "a4 4 0 1 0 8 0a4 4 0 1 0 -8 0"], [-3.6, -3.6, "h7.2v7.2h-7.2z"], [0, -4.8, "l4.6 8.2h-9.2z"], [0, -5, "l5 5l-5 5l-5 -5z"],
  [0, 4.8, "l-4.6 -8.2h9.2z"], [-1.6, -4.8, "h3.2v3.2h3.2v3.2h-3.2v3.2h-3.2v-3.2h-3.2v-3.2h3.2z"],
  [0, -5, "l1.5 3.2l3.4 .4l-2.5 2.4l.6 3.5l-3 -1.7l-3 1.7l.6 -3.5l-2.5 -2.4l3.4 -.4z"], [-4.2, -2.4, "l4.2 -2.4l4.2 2.4v4.8l-4.2 2.4l-4.2 -2.4z"]];

function mark(x, y, index, fill = "full") {
  const [dx, dy, moves] = shapes[(index ?? 0) % 8], hue = color(index);
  let d = `M${x + dx} ${y + dy}${moves}`;
  if (fill === "crossed") d += `M${x - 2} ${y - 2}l4 4m0 -4l-4 4`;
  if (fill === "dotted") d += `M${x - 0.8} ${y}a.8 .8 0 1 0 1.6 0a.8 .8 0 1 0 -1.6 0`;
  return shape("path", { d, class: "mark", ...(fill === "full" ? { fill: hue, stroke: "var(--paper)", "stroke-width": 0.8 } : { fill: "var(--paper)", stroke: hue, "stroke-width": 1.6 }) });
}

const dashes = (series) => ({ dashed: "6 4", dotted: "2 3" })[series.line] ?? null;

// What a legend shows of a series: its line with its mark.
function swatch(index, { line = "solid", fill = "full", band = false } = {}) {
  const svg = shape("svg", { class: "swatch", viewBox: "0 0 30 14", width: 30, height: 14, "aria-hidden": "true" });
  if (band) svg.append(shape("rect", { x: 1, y: 2, width: 28, height: 10, fill: color(index), opacity: 0.25 }));
  if (line !== "none") svg.append(shape("line", { x1: 1, x2: 29, y1: 7, y2: 7, stroke: color(index), "stroke-width": 2, ...(dashes({ line }) ? { "stroke-dasharray": dashes({ line }) } : {}) }));
  if (fill) {
    const sample = mark(15, 7, index, fill);
    sample.setAttribute("class", "sample");
    svg.append(sample);
  }
  return svg;
}

const tip = byId("tip");
// - onChoose: what happens when the mark is chosen; it is a button then.
function explain(element, words, onChoose) {
  element.setAttribute("tabindex", "-1");
  element.setAttribute("role", onChoose ? "button" : "img");
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
  if (!onChoose) return;
  element.classList.add("choice");
  element.addEventListener("click", onChoose);
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    onChoose();
  });
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

// An axis as it is called in a few words, and a value on it with its unit.
const stem = (axis) => axis.label.split(",")[0];
const quantity = (axis, value) => `${stem(axis)} ${(axis.names || []).length ? axis.names[value] ?? "" : axis.unit === " %" ? value.toFixed(2) : short(value)}${axis.unit || ""}`;

// - choose: called with the places of the runs behind a mark.
function draw(figure, state, { choose, called } = {}) {
  const page = layout(figure.panels);
  const svg = shape("svg", { viewBox: `0 0 ${page.width} ${page.height}`, role: "group" });
  const shown = (panels) => panels.flatMap((p) => p.series.filter((s) => !state.hidden.has(s.name)));
  const heights = (series) => series.flatMap((s) => s.points.flatMap((p) => [p.y, p.low, p.high]).concat((s.band || []).flatMap((b) => [b.low, b.high])));
  const cells = figure.panels.flatMap((p) => p.cells);
  const isMap = cells.length > 0;
  const widths = (panels, axis) => shown(panels).flatMap((s) => s.points.map((p) => p.x)).concat((axis.names || []).length ? [-0.5, axis.names.length - 0.5] : []);
  let xs = widths(figure.panels, figure.x), ys = heights(shown(figure.panels));
  if (isMap) {
    [xs, ys] = [cells.map((c) => c.x), cells.map((c) => c.y)];
    [xs, ys] = [xs.concat(ends(xs)), ys.concat(ends(ys))];
  }
  const rows = [...new Set(cells.map((c) => c.y))];
  const colors = cellColors(cells.map((c) => c.value).filter((v) => v != null));
  figure.panels.forEach((panel, index) => {
    const { start, end, top, bottom, isLabeled } = page.panel(index);
    const xAxis = panel.x ?? figure.x, yAxis = panel.y ?? figure.y, count = end - start < 320 ? 4 : 7;
    const x = scale(panel.x ? widths([panel], panel.x) : xs, panel.x ? panel.x.isLogarithmic && state.logX : figure.x.isSwitchable ? state.logX : figure.x.isLogarithmic, start, end, isMap ? 0 : 0.03);
    const y = scale(panel.y ? heights(shown([panel])) : ys, panel.y ? panel.y.isLogarithmic : state.logY, bottom, top, isMap ? 0 : 0.05);
    svg.append(shape("text", { x: (start + end) / 2, y: top - 10, "text-anchor": "middle", class: "panel" }, panel.title));
    const xTicks = (xAxis.names || []).length ? xAxis.names.map((name, place) => [place, name]) : x.ticks(count).map((tick) => [tick, label(tick)]);
    for (const [tick, words] of xTicks) {
      svg.append(shape("line", { x1: x.at(tick), x2: x.at(tick), y1: top, y2: bottom, class: "grid" }),
        shape("text", { x: x.at(tick), y: bottom + 17, "text-anchor": "middle", class: "tick" }, words));
    }
    for (const tick of isMap && rows.length <= 12 ? rows : y.ticks(6)) {
      svg.append(shape("line", { x1: start, x2: end, y1: y.at(tick), y2: y.at(tick), class: "grid" }));
      if (isLabeled) svg.append(shape("text", { x: start - 7, y: y.at(tick) + 4, "text-anchor": "end", class: "tick" }, label(tick)));
    }
    if (!isMap) {
      for (const tick of x.minorTicks(count)) svg.append(shape("line", { x1: x.at(tick), x2: x.at(tick), y1: bottom, y2: bottom - 4, class: "axis minor" }));
      for (const tick of y.minorTicks(6)) svg.append(shape("line", { x1: start, x2: start + 4, y1: y.at(tick), y2: y.at(tick), class: "axis minor" }));
    }
    svg.append(shape("text", { x: (start + end) / 2, y: bottom + 40, "text-anchor": "middle" }, xAxis.label));
    if (isLabeled) svg.append(shape("text", { transform: `translate(${start - 50} ${(top + bottom) / 2}) rotate(-90)`, "text-anchor": "middle" }, yAxis.label));
    const labels = isMap ? drawCells(svg, panel, figure, colors, x, y, { choose, called }) : [];
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
    // Over the ridges, with plates that keep them off.
    svg.append(...labels);
    for (const series of panel.series) {
      if (state.hidden.has(series.name)) continue;
      const group = shape("g", { class: "series", "data-series": series.name });
      drawSeries(group, inside, series, { x, y, xAxis, yAxis, top, bars: figure.bars }, { choose, called });
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

// A mark says which runs it stands for, and chooses them.
function offer(element, members, words, { choose, called } = {}) {
  const own = members || [];
  if (own.length) element.setAttribute("data-members", own.join(" "));
  if (called && own.length === 1) words += `\n${called(own[0])}`;
  explain(element, words, choose && own.length ? () => choose(own) : undefined);
}

function drawSeries(group, inside, series, { x, y, xAxis, yAxis, top, bars }, run) {
  const band = (series.band || []).filter((b) => b.low != null && b.high != null);
  if (band.length > 1) {
    const there = band.map((b) => `${x.at(b.x)},${y.at(b.high)}`), back = band.map((b) => `${x.at(b.x)},${y.at(b.low)}`).reverse();
    inside.append(shape("polygon", { points: there.concat(back).join(" "), fill: color(series.color), opacity: 0.18, class: "band" }));
  }
  const joined = series.points.filter((p) => p.y != null && (!x.hasZero || p.x > 0));
  if (series.line !== "none") (series.line === "dotted" ? inside : group).append(shape("polyline", {
    points: joined.map((p) => `${x.at(p.x).toFixed(1)},${y.at(p.y).toFixed(1)}`).join(" "), class: series.line ?? "solid",
    fill: "none", stroke: color(series.color), "stroke-width": series.line === "dotted" ? 1.6 : 2, "stroke-linejoin": "round",
    ...(dashes(series) ? { "stroke-dasharray": dashes(series) } : {}) }));
  if (series.color == null || series.isPlain) return;
  // Of a dense curve some marks are drawn, to tell it from the others, and more can be pointed at.
  const isDense = series.points.length > 40, step = Math.ceil(series.points.length / 42), turn = series.color % 7;
  series.points.forEach((p, index) => {
    const px = x.at(p.x);
    if (p.y == null) {
      const cross = lost(px, top + 8, color(series.color));
      cross.setAttribute("pointer-events", "bounding-box");
      offer(cross, p.members, `${series.name}\n${quantity(xAxis, p.x)}\n${p.lost} of ${counted(p.runs, "run")} diverged or failed`, run);
      group.append(cross);
      return;
    }
    const py = y.at(p.y);
    if (p.low != null && p.high > p.low) group.append(shape("line", { x1: px, x2: px, y1: y.at(p.low), y2: y.at(p.high), stroke: color(series.color) }));
    if (isDense && index % step) return;
    const dot = mark(px, py, series.color, p.fill ?? series.fill);
    const isShown = !isDense || (index / step) % 7 === turn;
    if (!isShown) dot.setAttribute("opacity", "0");
    const range = p.runs > 1 ? `\nmean of ${p.runs} runs${p.low == null ? "" : `\n${bars ?? "range"} ${short(p.low)} … ${short(p.high)}${yAxis.unit || ""}`}` : "";
    offer(dot, p.members, `${series.name}\n${quantity(xAxis, p.x)}\n${quantity(yAxis, p.y)}${range}${p.lost ? `\n${p.lost} diverged or failed` : ""}`, run);
    if (!isShown) for (const [event, opacity] of [["mouseenter", 1], ["focus", 1], ["mouseleave", 0], ["blur", 0]]) {
      dot.addEventListener(event, () => dot.setAttribute("opacity", String(opacity)));
    }
    group.append(dot);
    if (p.lost) group.append(lost(px, py, "var(--ink)"));
  });
}

// Draws the fields; their labels come back.
function drawCells(svg, panel, figure, colors, x, y, run) {
  const columns = edges(panel.cells.map((c) => c.x), x), rows = edges(panel.cells.map((c) => c.y), y);
  return panel.cells.flatMap((cell) => {
    const [x0, x1] = columns(cell.x), [y0, y1] = rows(cell.y), fill = cell.value == null ? "#999" : colors.color(cell.value);
    const field = shape("rect", {
      x: x0, y: Math.min(y0, y1), width: x1 - x0, height: Math.abs(y1 - y0), class: "cell", fill, stroke: "var(--paper)" });
    offer(field, cell.members, `${quantity(figure.y, cell.y)}\n${quantity(figure.x, cell.x)}\n${cell.value == null ? "no test error" : `test error ${cell.value.toFixed(2)} %`}${cell.runs > 1 ? `, mean of ${cell.runs} runs` : ""}${cell.lost ? `\n${cell.lost} diverged or failed` : ""}`, run);
    svg.append(field);
    const words = cell.value == null ? "×" : cell.value.toFixed(cell.value < 9.995 ? 2 : 1);
    const middle = (y0 + y1) / 2, width = Math.min(words.length * 6.2 + 5, x1 - x0);
    const plate = shape("rect", { x: (x0 + x1 - width) / 2, y: middle - 6.5, width, height: 13, fill, class: "plate", "pointer-events": "none" });
    return (panel.ridges.length ? [plate] : []).concat(shape("text", {
      x: (x0 + x1) / 2, y: middle + 4, "text-anchor": "middle", "aria-hidden": "true", "pointer-events": "none",
      style: `fill:${cell.value != null && colors.isDark(cell.value) ? "#fff" : "#222"};font-size:10.5px` }, words));
  });
}

// The selections in each figure, kept when it is redrawn.
const states = new Map();

// A figure with its title, legend and switches. Figures of one group have one place; `chosen` is the one that is shown.
function mount(figures, { chosen = figures[0].id, onSwitch, ...run } = {}) {
  const bar = make("div", { class: "bar" }), plot = make("div", { class: "plot" });
  const title = make("h2"), caption = make("p", { class: "caption" });
  const element = make("figure", {}, title, caption, bar, plot);
  const show = (figure) => {
    const state = states.get(figure.id) ?? { hidden: new Set(), logX: (figure.panels[0]?.x ?? figure.x).isLogarithmic, logY: figure.y.isLogarithmic };
    states.set(figure.id, state);
    element.id = figure.id;
    [title.textContent, caption.textContent] = [figure.title, figure.caption];
    const redraw = () => { plot.replaceChildren(draw(figure, state, run)); run.onDraw?.(plot); };
    bar.replaceChildren();
    if (figures.length > 1) {
      const select = make("select", { class: "variant", "aria-label": "quantity" }, ...figures.map((f) => make("option", { value: f.id }, f.choice)));
      select.value = figure.id;
      select.addEventListener("change", () => { show(figures.find((f) => f.id === select.value)); onSwitch?.(select.value); bar.querySelector("select").focus(); });
      bar.append(select);
    }
    const names = new Map();
    for (const series of figure.panels.flatMap((p) => p.series)) if (!series.isUnnamed && !names.has(series.name)) names.set(series.name, series);
    const kinds = figure.kinds || [];
    if (names.size > 1) for (const [name, series] of names) {
      const key = make("button", { class: "key", type: "button", "aria-pressed": String(!state.hidden.has(name)) },
        swatch(series.color, { line: series.line, fill: series.color == null ? null : kinds.length ? "full" : series.fill }), name);
      key.addEventListener("click", () => {
        state.hidden.has(name) ? state.hidden.delete(name) : state.hidden.add(name);
        key.setAttribute("aria-pressed", String(!state.hidden.has(name)));
        redraw();
      });
      bar.append(key);
    }
    for (const kind of kinds) bar.append(make("span", { class: "kind" }, swatch(null, { line: "none", ...kind }), kind.name));
    bar.append(make("span", { class: "space" }));
    for (const [axis, flag] of [["x", "logX"], ["y", "logY"]]) {
      if (!figure[axis].isSwitchable) continue;
      const toggle = make("button", { type: "button", class: "scale" });
      const name = () => { toggle.textContent = `${axis}: ${state[flag] ? "logarithmic" : "linear"}`; };
      toggle.addEventListener("click", () => { state[flag] = !state[flag]; name(); redraw(); });
      name();
      bar.append(toggle);
    }
    element.redraw = redraw;
    redraw();
  };
  show(figures.find((f) => f.id === chosen) ?? figures[0]);
  narrow.addEventListener("change", () => { if (element.isConnected) element.redraw(); });
  return element;
}
