// The filter of runs: the same grammar as `tare runs --where` (RunFilter.swift), tested with the same examples.

const comparisons = ["!=", "<=", ">=", "=", "<", ">", "~"];
const isBlank = (c) => /\s/u.test(c);

// A number as Swift reads it, or NaN.
const decimal = (text) => (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text)
  : /^[+-]?(inf|infinity)$/i.test(text) ? (text.startsWith("-") ? -Infinity : Infinity) : NaN);
const moment = (text) => (/^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(Z|[+-]\d\d:?\d\d))?$/.test(text) ? Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, "$1:$2")) / 1000 : NaN);

// The candidate at the smallest distance, as in NearestName.swift.
function nearest(name, candidates) {
  const plain = (text) => text.toLowerCase().replace(/[-_]/g, "");
  const distance = (a, b) => {
    let before = [], last = Array.from({ length: b.length + 1 }, (_, i) => i);
    for (let i = 0; i < a.length; i++) {
      const row = [i + 1];
      for (let j = 0; j < b.length; j++) {
        let best = Math.min(last[j] + (a[i] === b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1);
        if (i > 0 && j > 0 && a[i] === b[j - 1] && a[i - 1] === b[j]) best = Math.min(best, before[j - 1] + 1);
        row.push(best);
      }
      [before, last] = [last, row];
    }
    return last[b.length];
  };
  const typed = plain(name);
  let best = null, least = Infinity;
  for (const candidate of candidates) {
    const d = distance(typed, plain(candidate));
    if (d < least) [best, least] = [candidate, d];
  }
  return best !== null && least * 2 <= Math.max(typed.length, 2) ? best : null;
}
const meant = (name, candidates) => { const near = nearest(name, candidates); return near ? `; did you mean "${near}"?` : "."; };

// The column or field that a name means: { name, kind, names, aliases }.
function columnNamed(name, schema) {
  if (Object.hasOwn(schema.columns, name)) return { name, kind: schema.columns[name], names: schema.states, isColumn: true };
  const field = schema.fields.find((f) => f.path === name || f.flags.includes(name))
    ?? [name, name + ".name", name + ".preset"].filter((c) => c !== "execution.name" || name === c)
      .map((c) => schema.fields.find((f) => f.path === c || f.former.includes(c))).find(Boolean);
  if (!field) throw new Error(`column "${name}" is unknown${meant(name, [...Object.keys(schema.columns), ...schema.fields.map((f) => f.path)])}`);
  return { name: field.path, kind: field.kind, names: field.choices, aliases: field.aliases };
}

// The value of a term as it is compared.
function operand(column, name, sign, value) {
  if (sign === "~") return value;
  const refuse = (accepted) => { throw new Error(`"${name}${sign}${value}" compares with "${value}"; accepted after ${sign}: ${accepted}.`); };
  const isEquality = sign === "=" || sign === "!=";
  switch (column.kind) {
    case "number":
      if (isNaN(decimal(value))) refuse("a number");
      return value;
    case "fraction": {
      const isPercent = value.endsWith("%"), number = decimal(isPercent ? value.slice(0, -1) : value);
      if (isNaN(number) || isPercent && !isFinite(number)) refuse("a number, or a percentage such as 5%");
      return isPercent ? String(number / 100) : value;
    }
    case "moment": {
      if (!isNaN(decimal(value))) return value;
      const seconds = moment(value);
      if (isNaN(seconds)) refuse("a time such as 2026-11-23 or 2026-11-23T18:08:41Z");
      return String(seconds);
    }
    case "names":
      if (!isEquality) throw new Error(`"${name}${sign}${value}": ${name} is a name; accepted: = != ~.`);
      if (column.names.includes(value)) return value;
      if (column.aliases && Object.hasOwn(column.aliases, value)) return column.aliases[value];
      throw new Error(`${name} "${value}" is unknown${meant(value, column.names)} Accepted: ${column.names.join(", ")}.`);
    default:
      if (!isEquality) throw new Error(`"${name}${sign}${value}": ${name} is text; accepted: = != ~.`);
      return value;
  }
}

// The terms of a filter: [{ column, sign, value }]. Throws an error that says what is wrong.
function parseFilter(text, schema) {
  let rest = Array.from(text);
  const take = (isTaken) => {
    let n = 0;
    while (n < rest.length && isTaken(rest[n])) n++;
    return rest.splice(0, n).join("");
  };
  const terms = [];
  for (;;) {
    take(isBlank);
    if (!rest.length) return terms;
    const term = rest.join("");
    const invalid = () => { throw new Error(`"${term}" is invalid; accepted: name, one of ${comparisons.join(" ")} and a value, such as optimizer=adam, l2<1e-3 or name='first try'.`); };
    const name = take((c) => !isBlank(c) && !"!=<>~".includes(c));
    take(isBlank);
    let sign;
    if (rest[0] === "=" && rest[1] === "=") [sign] = ["=", rest.splice(0, 2)];
    else {
      sign = comparisons.find((c) => rest.slice(0, c.length).join("") === c);
      if (sign) rest.splice(0, sign.length);
    }
    if (!name || !sign) invalid();
    take(isBlank);
    let value;
    if (rest[0] === "'" || rest[0] === '"') {
      const quote = rest.shift();
      value = take((c) => c !== quote);
      if (!rest.length) invalid();
      rest.shift();
    } else value = take((c) => !isBlank(c));
    if (!value) invalid();
    const column = columnNamed(name, schema);
    terms.push({ column, sign, value: operand(column, name, sign, value) });
  }
}

// Whether a run fulfills a term; `own` is its text in that column, or undefined.
function fulfills(own, { column, sign, value }) {
  const isMissing = own === undefined || own === null || own === "";
  if (sign === "~") return !isMissing && String(own).includes(value);
  const isText = column.isColumn && (column.kind === "text" || column.kind === "names");
  const wanted = isText ? NaN : decimal(value);
  const number = isMissing ? NaN : decimal(String(own));
  if (isNaN(wanted)) return sign === "!=" ? isMissing || String(own) !== value : !isMissing && String(own) === value;
  if (isNaN(number)) return sign === "!=";
  return { "=": number === wanted, "!=": number !== wanted, "<": number < wanted, "<=": number <= wanted, ">": number > wanted, ">=": number >= wanted }[sign];
}
