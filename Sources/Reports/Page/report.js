// The report's page: figures, the table of runs, and the curves of the chosen ones. Draws the JSON beside it.

let data, curves, columns = [], keys = new Map(), order = { column: null, descending: false }, isSettled = false;

const mostChosen = 8;
// The places of the chosen runs; a run keeps its color and mark, those of its place here, as long as it is chosen.
let chosen = [], layerName = null, variants = new Set();
const isChosen = (place) => chosen.includes(place);
const selection = () => chosen.map((place, slot) => ({ place, slot, run: data.runs[place], own: curves[place] })).filter((c) => c.place != null && c.run);

// MARK: The address

// What the address calls each run: the name of its folder, or the folder where several have that name.
function keysOf(runs) {
  const name = (run) => run.folder.split("/").pop(), count = new Map();
  for (const run of runs) count.set(name(run), (count.get(name(run)) ?? 0) + 1);
  return new Map(runs.map((run) => [run, count.get(name(run)) > 1 ? run.folder : name(run)]));
}

// What is shown is in the address, so that it can be kept and sent.
function writeAddress() {
  if (!isSettled) return;
  const parts = new URLSearchParams();
  for (const c of selection()) parts.append("run", keys.get(c.run));
  if (layerName) parts.set("layer", layerName);
  for (const id of variants) parts.append("figure", id);
  if (byId("filter").value) parts.set("filter", byId("filter").value);
  if (order.column != null) parts.set("sort", (order.descending ? "-" : "") + columns[order.column][0]);
  history.replaceState(null, "", "#" + parts);
}

function readAddress() {
  const parts = new URLSearchParams(location.hash.slice(1));
  const places = parts.getAll("run").map((key) => data.runs.findIndex((r) => keys.get(r) === key)).filter((place) => place >= 0);
  chosen = [...new Set(places)].slice(0, mostChosen);
  if (!chosen.length && data.runs.length) chosen = [best()];
  layerName = parts.get("layer");
  variants = new Set(parts.getAll("figure"));
  byId("filter").value = parts.get("filter") ?? "";
  const sort = parts.get("sort") ?? "", column = columns.findIndex(([name]) => name === sort.replace(/^-/, ""));
  order = { column: column < 0 ? null : column, descending: sort.startsWith("-") };
}

// The run with the least test error; the first where none has one.
function best() {
  const done = data.runs.map((run, place) => ({ run, place })).filter(({ run }) => run.status === "done" && run.testError != null);
  return done.reduce((a, b) => (b.run.testError < a.run.testError ? b : a), done[0] ?? { place: 0, run: {} }).place;
}

// MARK: Choosing runs

function toggle(place) {
  if (isChosen(place)) chosen[chosen.indexOf(place)] = null;
  else {
    const free = chosen.indexOf(null);
    if (selection().length >= mostChosen) return say("full", `${mostChosen} runs are chosen; leave one out first`);
    free >= 0 ? (chosen[free] = place) : chosen.push(place);
  }
  while (chosen.length && chosen.at(-1) == null) chosen.pop();
  say("full", "");
  showChosen();
}

// A click on a mark chooses its runs, or leaves them out if they are chosen.
function chooseAll(places) {
  const missing = places.filter((place) => !isChosen(place));
  for (const place of missing.length ? missing : places) toggle(place);
}

function say(id, words) { if (byId(id).textContent !== words) byId(id).textContent = words; }

function markChosen(root) {
  for (const element of root.querySelectorAll("[data-members]")) {
    const own = element.dataset.members.split(" ").map(Number).some(isChosen);
    element.classList.toggle("chosen", own);
    if (element.getAttribute("role") === "button") element.setAttribute("aria-pressed", String(own));
  }
}

// Checks the boxes of the chosen runs, beside their colors and marks.
function checkBoxes() {
  for (const box of byId("runs").querySelectorAll("input[type=checkbox]")) {
    const place = Number(box.value), slot = chosen.indexOf(place);
    box.checked = slot >= 0;
    box.nextElementSibling.replaceChildren(...(slot >= 0 ? [swatch(slot)] : []));
  }
}

function showChosen() {
  markChosen(byId("figures"));
  checkBoxes();
  showRuns();
  writeAddress();
}

// MARK: The table

const fixedColumns = [
  ["status", (r) => r.status, false], ["test error", (r) => r.testError, true, percent], ["best", (r) => r.bestTestError, true, percent],
  ["train loss", (r) => r.trainLoss, true, short], ["effective rate", (r) => r.rate, true, short], ["angle", (r) => r.angle, true, short],
  ["seed", (r) => r.seed, true, String], ["seconds", (r) => r.seconds, true, (v) => (v == null ? "–" : v.toFixed(1))],
];
const columnsOf = ({ runs, columns }) => [...(runs.some((r) => r.name) ? [["name", (r) => r.name ?? "", false]] : []), ...columns.map((name, i) => {
  const isNumber = runs.every((r) => r.values[i] === "" || isFinite(Number(r.values[i])));
  return [name, (r) => (isNumber && r.values[i] !== "" ? Number(r.values[i]) : r.values[i]), isNumber, (v) => (isNumber && v !== "" ? label(v) : v)];
}), ...fixedColumns];

// What a filter compares of a run.
const compared = (run, { name, isColumn }) => (isColumn ? run.record[name] : run.fields[name] ?? data.fields[name]);

let terms = [];
function readFilter() {
  const input = byId("filter");
  try {
    terms = parseFilter(input.value, data.schema);
    input.removeAttribute("aria-invalid");
    say("filter-error", "");
  } catch (error) {
    input.setAttribute("aria-invalid", "true");
    say("filter-error", error.message);
  }
}

function fillTable() {
  readFilter();
  const rows = data.runs.map((run, index) => ({ run, index })).filter(({ run }) => terms.every((term) => fulfills(compared(run, term.column), term)));
  if (order.column != null) {
    const value = columns[order.column][1];
    const sign = order.descending ? -1 : 1, isMissing = (v) => v == null || v === "";
    // What is missing comes last in both directions.
    const compare = (a, b) => (isMissing(a) || isMissing(b) ? isMissing(a) - isMissing(b) : a < b ? -sign : a > b ? sign : 0);
    rows.sort((a, b) => compare(value(a.run), value(b.run)));
  }
  const head = make("tr", {}, make("th", { scope: "col" }, make("span", { class: "sr" }, "curves")));
  columns.forEach(([name, , isNumber], i) => {
    const sort = order.column === i ? (order.descending ? "descending" : "ascending") : "none";
    const button = make("button", { type: "button" }, name + (sort === "none" ? "" : sort === "ascending" ? " ↑" : " ↓"));
    button.addEventListener("click", () => {
      order = { column: i, descending: order.column === i && !order.descending };
      fillTable();
      writeAddress();
      byId("runs").querySelectorAll("th button")[i].focus();
    });
    // A browser prints no buttons in the heads that it repeats.
    head.append(make("th", { scope: "col", "aria-sort": sort, class: isNumber ? "n" : "", "data-name": name }, button));
  });
  const body = make("tbody");
  for (const { run, index } of rows) {
    const choice = make("input", { type: "checkbox", value: index, "aria-label": describe(run) });
    const row = make("tr", {}, make("td", { class: "choice" }, choice, make("span", {})));
    columns.forEach(([name, value, isNumber, format], i) => {
      const cell = make("td", isNumber ? { class: "n" } : {}, String((format || String)(value(run)) ?? ""));
      if (name === "status" && run.status !== "done") { cell.classList.add("bad"); cell.title = run.cause || ""; }
      row.append(cell);
    });
    choice.addEventListener("change", () => { toggle(index); choice.checked = isChosen(index); });
    row.addEventListener("click", (event) => { if (event.target !== choice) choice.click(); });
    body.append(row);
  }
  byId("runs").replaceChildren(make("thead", {}, head), body);
  checkBoxes();
  const ends = new Map();
  for (const { run } of rows) if (run.status !== "done") ends.set(run.status, (ends.get(run.status) || 0) + 1);
  say("count", [rows.length === data.runs.length ? counted(rows.length, "run") : `${rows.length} of ${counted(data.runs.length, "run")}`, ...[...ends].map(([status, n]) => `${n} ${status}`)].join(", "));
}

// What distinguishes a run, in the table's terms.
const describe = (run) => (run.name ? run.name + ": " : "") + columns.filter(([name]) => data.columns.includes(name) && name !== "optimizer.name")
  .reduce((words, [name, value, , format]) => `${words}, ${name} ${format(value(run)) || "none"}`, run.optimizer) + `, seed ${run.seed}`;

// Data set, network, normalization, optimizer, η, λ and steps of some runs: what they share, or from where to where it goes.
function about(runs) {
  const each = (value) => [...new Set(runs.map(value))];
  const range = (symbol, value) => {
    const all = each(value).filter((v) => v != null).sort((a, b) => a - b);
    return all.length ? [`${symbol} ${label(all[0])}${all.length > 1 ? ` … ${label(all.at(-1))}` : ""}`] : [];
  };
  const names = (value) => [each((r) => (r.isMeasured ? "" : value(r))).filter(Boolean).join(", ")].filter(Boolean);
  const normalization = (r) => (r.normalization === "none" ? "no normalization" : `${r.normalization} norm`);
  const steps = each((r) => r.planned ?? r.steps).filter((v) => v != null).sort((a, b) => a - b);
  return [...(runs.some((r) => r.isMeasured) ? ["measured checkpoints"] : []), ...names((r) => r.dataset), ...names((r) => r.network),
    ...names(normalization), each((r) => r.optimizer).join(", "),
    ...range("η", (r) => r.eta), ...range("λ_d", (r) => r.decay), ...(steps.length > 1 ? [`${steps[0]} … ${steps.at(-1)} steps`] : steps.map((n) => counted(n, "step")))].join(" · ");
}

// MARK: The curves of the chosen runs

const powers = { 1: "η/‖w‖", 2: "η/‖w‖²", 0: "η" };
const list = (v) => (Array.isArray(v) ? v : []);

// One run has a line for each layer; several have one for each run, of the same layer.
function curveFigures(all) {
  const isSingle = all.length === 1, layers = [...new Set(all.flatMap((c) => c.own.layers.map((l) => l.name)))];
  const lines = isSingle ? all[0].own.layers.map((layer, index) => ({ name: layer.name, color: index, layer, ...all[0] }))
    : all.map((c) => ({ name: calledShortly(c), color: c.slot, layer: c.own.layers.find((l) => l.name === layerName) ?? { name: "" }, ...c }));
  const points = (steps, values) => steps.map((step, i) => ({ x: step, y: values[i] ?? null, runs: 1, lost: 0 })).filter((p) => p.y != null);
  const axis = (label, isLogarithmic, unit = "") => ({ label, isLogarithmic, isSwitchable: true, unit });
  const panel = (title, y, series) => ({ title, y, series, cells: [], ridges: [] });
  const isBanded = lines.length <= 2;
  const exponents = new Set(all.map((c) => c.run.exponent)), formula = exponents.size === 1 ? powers[[...exponents][0]] : null;
  // The measured line, and the predicted one in its color.
  const pair = (key, predicted, band) => lines.flatMap((line) => {
    const { steps } = line.own;
    const low = (i) => band?.(line, i)?.low ?? null, high = (i) => band?.(line, i)?.high ?? null;
    return [
      { name: line.name, color: line.color, line: "solid", points: points(steps, list(line.layer[key])) },
      { name: line.name, color: line.color, line: "dashed", isPlain: true, points: points(steps, steps.map((_, i) => predicted(line, i))),
        band: isBanded && band ? steps.map((step, i) => ({ x: step, low: low(i), high: high(i) })) : [] },
    ];
  });
  const rate = (line, norm, i) => (norm > 0 && list(line.own.eta)[i] != null && (line.run.exponent === 1 || line.run.exponent === 2) ? list(line.own.eta)[i] / norm ** line.run.exponent : null);
  const at = (line, key, i) => list(line.layer[key])[i] ?? null;
  const kinds = (series) => [
    ...(series.some((s) => s.isPlain && s.points.length > 1) ? [{ name: "dashed: predicted for equilibrium", line: "dashed", fill: null }] : []),
    ...(series.some((s) => (s.band || []).filter((b) => b.low != null).length > 1) ? [{ name: "band: predicted, 10th to 90th percentile of the filters", line: "none", fill: null, band: true }] : []),
  ];
  const figure = (id, title, caption, panels) => ({ id, title, caption, x: axis("step", false), y: { label: "", isLogarithmic: true, isSwitchable: false },
    panels: panels.filter((p) => p.series.some((s) => s.points.length > 1 || id === "curve-result" && s.points.length > 0)), kinds: kinds(panels.flatMap((p) => p.series)) });
  const own = (key) => all.map((c) => ({ name: isSingle ? "this run" : calledShortly(c), color: c.slot, points: key(c) }));
  const isMeasured = all.some((c) => c.run.isMeasured);
  const what = isSingle ? "a line for each layer" : layers.length > 1 ? `of layer ${layerName}, a line for each run` : "a line for each run";
  return [
    figure("curve-result", "Test error and training loss", "Test error at the evaluations; training loss is the mean over each logging window.", [
      panel("test error", axis("test error, %", true, " %"), own((c) => list(c.own.tests).map(([step, error]) => ({ x: step, y: error * 100, runs: 1, lost: 0 })))),
      panel("training loss", axis("training loss, nats", true, " nats"), own((c) => points(c.own.steps, list(c.own.loss)))),
    ]),
    figure("curve-layers", "Measured beside predicted", `‖w‖ and ${formula ?? "the effective learning rate"}, median over a layer's filters, and the angle by which ${isMeasured ? "a filter turns from one checkpoint to the next (RMS over filters)" : "a step turns a filter (RMS over filters and steps)"}: ${what}.`, [
      panel("norm", axis("‖w‖ of a filter", true), pair("norm", (line, i) => at(line, "predictedNorm", i), (line, i) => ({ low: at(line, "predictedNormLow", i), high: at(line, "predictedNormHigh", i) }))),
      panel("effective learning rate", axis(formula ?? "effective learning rate", true), pair("rate", (line, i) => rate(line, at(line, "predictedNorm", i), i),
        (line, i) => ({ low: rate(line, at(line, "predictedNormHigh", i), i), high: rate(line, at(line, "predictedNormLow", i), i) }))),
      panel("angular update", axis(isMeasured ? "angle between checkpoints, rad" : "angle per step, rad", true, " rad"), pair("angle", (line, i) => at(line, "predictedAngle", i))),
    ]),
    figure("curve-wire", "What the wire rounds away", `Of the gradient, beside its length, over all sums of a step; and of the weights that workers hold, beside their length: ${what}.`, [
      panel("gradient", axis("rounding error of the gradient", true), pair("wireError", () => null)),
      panel("weights", axis("rounding error of the weights", true), pair("wireErrorWeights", () => null)),
    ]),
  ].filter((f) => f.panels.length);
}

// A run in a legend: its name, or the fields in which the chosen ones differ.
function calledShortly({ run }) {
  if (run.name) return run.name;
  const all = selection().map((c) => c.run);
  const parts = columns.filter(([name]) => data.columns.includes(name)).filter(([, value]) => new Set(all.map(value)).size > 1)
    .map(([name, value, , format]) => `${{ "optimizer.learningRate": "η", l2: "l2" }[name] ?? name.split(".").pop()} ${format(value(run)) || "none"}`);
  if (new Set(all.map((r) => r.seed)).size > 1) parts.push(`seed ${run.seed}`);
  const words = parts.join(", ");
  return words && words.length <= 60 ? words : keys.get(run);
}

// What the layers came to: with a schedule the last step says little, so the mean over the run and the best step stand there too.
function layerTable(all) {
  const mean = (values) => { const own = list(values).filter((v) => v != null); return own.length ? own.reduce((a, b) => a + b, 0) / own.length : null; };
  const end = (values) => list(values).findLast((v) => v != null) ?? null;
  const rows = all.flatMap((c) => c.own.layers.filter((l) => all.length === 1 || l.name === layerName).map((layer) => {
    const least = list(c.own.tests).reduce((a, b) => (a == null || b[1] < a[1] ? b : a), null);
    // The window that the evaluation ends.
    const at = least == null ? -1 : c.own.steps.findLastIndex((step) => step <= least[0]);
    const then = (values) => (at < 0 ? null : list(values)[at] ?? null);
    return [...(all.length === 1 ? [] : [calledShortly(c)]), layer.name, short(list(layer.norm)[0] ?? null), short(end(layer.norm)), short(end(layer.predictedNorm)),
      short(mean(layer.rate)), short(then(layer.rate)), short(mean(layer.angle)), short(then(layer.angle)), short(mean(layer.predictedAngle)), least == null ? "–" : String(least[0])];
  }));
  if (!rows.length) return [];
  const head = [...(all.length === 1 ? [] : ["run"]), "layer", "‖w‖ at first", "‖w‖ at last", "predicted", "rate, mean", "best step", "angle, mean", "best step", "predicted", "best step at"];
  const firsts = all.length === 1 ? 1 : 2;
  return [make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "table of layers" }, make("table", { id: "layers" },
    make("thead", {}, make("tr", {}, ...head.map((name, i) => make("th", { scope: "col", class: i < firsts ? "" : "n", "data-name": name }, name)))),
    make("tbody", {}, ...rows.map((row) => make("tr", {}, ...row.map((words, i) => make("td", { class: i < firsts ? "" : "n" }, words)))))))];
}

function showRuns() {
  const all = selection(), drawn = all.filter((c) => c.own && c.own.steps.length);
  const layers = [...new Set(drawn.flatMap((c) => c.own.layers.map((l) => l.name)))];
  if (!layers.includes(layerName)) layerName = layers[0] ?? null;
  byId("chosen").replaceChildren(...all.map((c) => {
    const leave = make("button", { type: "button", "aria-label": `leave out ${describe(c.run)}`, class: "leave" }, "×");
    leave.addEventListener("click", () => toggle(c.place));
    const end = c.run.status === "done" ? `test error ${percent(c.run.testError)}${c.run.bestTestError != null && c.run.bestTestError < c.run.testError ? ` (best ${percent(c.run.bestTestError)})` : ""}` : [c.run.status, c.run.cause].filter(Boolean).join(": ");
    return make("li", {}, swatch(c.slot), make("div", {}, make("strong", {}, c.run.name ?? keys.get(c.run)), ` ${about([c.run])} · seed ${c.run.seed}`,
      make("br"), make("span", { class: c.run.status === "done" ? "" : "bad" }, end), c.run.equilibrium ? ` · ${c.run.equilibrium}` : ""), leave);
  }));
  const bar = make("div", { class: "bar" });
  if (drawn.length > 1 && layers.length > 1) {
    const select = make("select", { id: "layer" }, ...layers.map((name) => make("option", { value: name }, name)));
    select.value = layerName;
    select.addEventListener("change", () => { layerName = select.value; showRuns(); writeAddress(); byId("layer").focus(); });
    bar.append(make("label", { for: "layer" }, "Layer"), select);
  }
  const figures = drawn.length ? curveFigures(drawn).map((figure) => mount([figure])) : [];
  byId("curves").replaceChildren(bar, ...(figures.length ? figures : [make("p", {}, all.length ? "These runs have logged too few steps for a curve." : "No run is chosen.")]), ...layerTable(drawn));
  byId("reproduce").textContent = all.flatMap(({ run }) => [
    `# ${run.isMeasured ? `${run.optimizer}: the command that measured it` : `${describe(run)}: the command that trained it`}`, run.command,
    `# spec: ${run.folder}/run.json${run.isMeasured ? "" : `, seed: ${run.seed}`}`, `tare runs show ${run.folder}`,
    ...(run.weights ? ["# the expected result, bit for bit", `weights SHA-256 ${run.weights}`] : []), "",
  ]).concat(Object.entries(data.versions).sort().map(([k, v]) => `${k} ${v}`).join(", ")).join("\n");
}

// MARK: Claims

const verdict = (holds) => make("td", { class: holds ? "good" : "bad" }, holds ? "holds" : "does not hold");

function showClaims() {
  byId("claims").hidden = !data.claims.length;
  byId("verdicts").replaceChildren(...data.claims.map((c) => make("tr", {},
    make("td", { class: "n" }, String(c.claim)), verdict(c.holds),
    make("td", { class: "words" }, c.statement, ...findings(c.findings)))));
}

// The numbers behind a verdict.
const findings = (list) => list.length === 0 ? [] : [make("details", {}, make("summary", {}, counted(list.length, "comparison")),
  make("table", {}, make("thead", {}, make("tr", {}, ...["comparison", "expected", "measured", "tolerance", "verdict"].map((t) => make("th", { scope: "col" }, t)))),
    make("tbody", {}, ...list.map((f) => make("tr", {}, ...[f.subject, f.expected, f.measured, f.tolerance].map((t) => make("td", {}, t)),
      f.holds == null ? make("td", {}, "not judged") : verdict(f.holds))))))];

// MARK: The page

function showFigures() {
  const groups = new Map();
  for (const figure of data.figures) {
    const key = figure.group ?? figure.id;
    groups.set(key, [...(groups.get(key) ?? []), figure]);
  }
  byId("figures").replaceChildren(...[...groups.values()].map((figures) => mount(figures, {
    chosen: figures.find((f) => variants.has(f.id))?.id,
    onSwitch: (id) => {
      for (const f of figures) variants.delete(f.id);
      if (id !== figures[0].id) variants.add(id);
      writeAddress();
    },
    choose: chooseAll, called: (place) => (data.runs[place] ? `run ${data.runs[place].name ?? keys.get(data.runs[place])}, seed ${data.runs[place].seed}` : ""), onDraw: markChosen,
  })));
}

// Redraws everything and keeps the selections.
function update(newData, newCurves) {
  // Runs that have begun since may stand before the chosen ones.
  const folders = data ? chosen.map((place) => (place == null ? null : data.runs[place]?.folder)) : [];
  [data, curves, columns, keys] = [newData, newCurves, columnsOf(newData), keysOf(newData.runs)];
  if (isSettled) {
    chosen = folders.map((folder) => { const place = data.runs.findIndex((r) => r.folder === folder); return place < 0 ? null : place; });
    if (!selection().length && data.runs.length) chosen = [best()];
  } else readAddress();
  isSettled = true;
  document.title = data.title;
  say("title", data.title);
  say("about", data.runs.length ? `${about(data.runs)} · ${counted(data.runs.length, "run")}` : "");
  showFigures();
  showClaims();
  fillTable();
  showChosen();
}

byId("filter").addEventListener("input", () => { fillTable(); writeAddress(); });
addEventListener("hashchange", () => { isSettled = false; update(data, curves); });
addEventListener("keydown", (event) => { if (event.key === "Escape") tip.classList.remove("on"); });
byId("theme").addEventListener("click", () => {
  const root = document.documentElement;
  const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
});
update(JSON.parse(byId("data").textContent), JSON.parse(byId("curve-data").textContent));
