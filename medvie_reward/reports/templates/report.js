"use strict";
// Texts of documents only ever become text: everything is made with createElement and textContent.
(() => {
  const PAGE = 50, ROWS = 200;
  const OUTCOMES = ["correct", "wrong", "missing", "filled_blank", "invented_field", "invented_item"];
  const KINDS = OUTCOMES.slice(3), FLAGS = ["misplaced", "ungrounded"];
  const BIT = Object.fromEntries([...OUTCOMES, ...FLAGS].map((name, n) => [name, 1 << n]));
  BIT.hallucinated = KINDS.reduce((bits, kind) => bits | BIT[kind], 0);
  BIT.error = BIT.wrong | BIT.missing | BIT.hallucinated;
  BIT.any = -1;
  // Places in a document's row; pairs of field and bits follow.
  const ID = 0, GROUP = 1, F1 = 2, COUNTS = 3, MISPLACED = 9, UNGROUNDED = 10, STATUS = 11, FORMAT = 12, LIMITED = 13, FIRST = 14;

  const $ = (id) => document.getElementById(id);
  const data = JSON.parse($("data").textContent), words = JSON.parse($("words").textContent);
  const docs = data.documents;
  const number = (n) => n.toLocaleString("en-US");
  const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  const spoken = (name) => name.replace(/_/g, " ");
  const parsed = (doc) => words.parsed.includes(data.statuses[doc[STATUS]]);
  const halluc = (doc) => doc[COUNTS + 3] + doc[COUNTS + 4] + doc[COUNTS + 5];

  function make(tag, name, ...children) {
    const element = document.createElement(tag);
    if (name) element.className = name;
    for (const child of children) if (child !== null && child !== undefined) element.append(child);
    return element;
  }
  function button(text, press, name) {
    const element = make("button", name, text);
    element.type = "button";
    element.addEventListener("click", press);
    return element;
  }

  // -- theme and signature ----------------------------------------------------------------------
  const themes = ["auto", "light", "dark"];
  function setTheme(theme) {
    document.documentElement.dataset.theme = theme;
    $("theme").textContent = "Theme: " + theme;
    try { localStorage.setItem("medvie-theme", theme); } catch { /* a browser may keep nothing for files */ }
    return theme;
  }
  let theme = "auto";
  try { theme = localStorage.getItem("medvie-theme"); } catch { /* the same */ }
  theme = setTheme(themes.includes(theme) ? theme : "auto");
  $("theme").addEventListener("click", () => { theme = setTheme(themes[(themes.indexOf(theme) + 1) % 3]); });

  $("copy").addEventListener("click", async () => {
    const text = $("signature").textContent;
    try {
      await navigator.clipboard.writeText(text);
      $("copy").textContent = "Copied";
    } catch {
      getSelection().selectAllChildren($("signature"));
      $("copy").textContent = "Selected: press Ctrl+C";
    }
    setTimeout(() => { $("copy").textContent = "Copy"; }, 2000);
  });

  // -- the table of fields ----------------------------------------------------------------------
  const fieldTable = $("field-table");
  fieldTable.tHead.addEventListener("click", (event) => {
    const pressed = event.target.closest("button");
    if (!pressed) return;
    const column = +pressed.dataset.column, head = pressed.closest("th");
    const before = head.getAttribute("aria-sort") || (column > 1 ? "ascending" : "descending");
    const sign = before === "ascending" ? -1 : 1; // numbers begin with the largest, names and F1 with the least
    for (const th of fieldTable.tHead.rows[0].cells) th.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
    const value = (row) => (column ? +row.cells[column].dataset.value : row.cells[0].textContent);
    fieldTable.tBodies[0].append(...[...fieldTable.tBodies[0].rows].sort((a, b) => sign * compare(value(a), value(b))));
  });

  // -- the list of documents --------------------------------------------------------------------
  const columns = [
    ["Document", (d) => d[ID], 1], [words.by, (d) => data.groups[d[GROUP]] ?? "", 1], ["F1", (d) => d[F1], 1],
    ["Correct", (d) => d[COUNTS], -1], ["Wrong", (d) => d[COUNTS + 1], -1], ["Missing", (d) => d[COUNTS + 2], -1],
    ["Halluc.", halluc, -1], ["Misplaced", (d) => d[MISPLACED], -1], ["Ungrounded", (d) => d[UNGROUNDED], -1],
    ["Status", (d) => data.statuses[d[STATUS]], 1],
  ].filter(([name], n) => (n !== 1 || data.groups.length) && (name !== "Ungrounded" || docs.some((d) => d[UNGROUNDED])));
  const state = { column: columns.findIndex(([name]) => name === "F1"), sign: 1, page: 0, shown: [] };

  const table = $("document-table");
  columns.forEach(([name, , sign], n) => {
    const head = make("th", n > 0 && name !== words.by && name !== "Status" && name !== "F1" ? "number" : "", button(name, () => {
      state.sign = state.column === n ? -state.sign : sign;
      state.column = n;
      show();
    }));
    head.scope = "col";
    table.tHead.rows[0].append(head);
  });
  const fill = (select, names) => names.forEach((name, n) => select.append(new Option(name, n)));
  fill($("field"), data.fields);
  fill($("group"), data.groups);
  $("group-label").hidden = !data.groups.length;

  function matches(doc) {
    const text = $("search").value.toLowerCase(), outcome = $("outcome").value;
    const field = +$("field").value, group = +$("group").value;
    if (text && !doc[ID].toLowerCase().includes(text)) return false;
    if (group >= 0 && doc[GROUP] !== group) return false;
    if (outcome === "unparsed" && parsed(doc)) return false;
    const bits = outcome === "unparsed" ? -1 : BIT[outcome];
    if (field < 0 && bits === -1) return true;
    for (let n = FIRST; n < doc.length; n += 2) {
      if ((field < 0 || doc[n] === field) && doc[n + 1] & bits) return true;
    }
    return false;
  }
  function show() {
    const value = columns[state.column][1];
    state.shown = [...docs.keys()].filter((n) => matches(docs[n]));
    state.shown.sort((a, b) => state.sign * compare(value(docs[a]), value(docs[b])) || a - b);
    state.page = 0;
    [...table.tHead.rows[0].cells].forEach((th, n) => {
      if (n === state.column) th.setAttribute("aria-sort", state.sign > 0 ? "ascending" : "descending");
      else th.removeAttribute("aria-sort");
    });
    turn(0);
  }
  function bar(value) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("width", 90);
    svg.setAttribute("height", 12);
    svg.setAttribute("aria-hidden", "true");
    for (const [name, width] of [["track", 90], ["bar", 90 * value]]) {
      const rect = document.createElementNS(svg.namespaceURI, "rect");
      for (const [key, x] of [["class", name], ["width", width], ["height", 10], ["y", 1], ["rx", 2]]) rect.setAttribute(key, x);
      svg.append(rect);
    }
    return svg;
  }
  function turn(by) {
    state.page += by;
    const from = state.page * PAGE, part = state.shown.slice(from, from + PAGE);
    table.tBodies[0].replaceChildren(...part.map((n) => {
      const row = make("tr");
      columns.forEach(([name, value], k) => {
        const x = value(docs[n]);
        if (!k) row.append(make("td", "", button(x, () => {}, "link")));
        else if (name === "F1") row.append(make("td", "", make("span", "score", x.toFixed(4)), bar(x)));
        else if (typeof x === "number") row.append(make("td", x ? "number" : "number zero", number(x)));
        else row.append(make("td", "", x));
      });
      row.addEventListener("click", () => go(n));
      return row;
    }));
    $("found").textContent = `${number(state.shown.length)} of ${number(docs.length)} documents`;
    $("range").textContent = part.length ? `${number(from + 1)}–${number(from + part.length)}` : "none";
    $("back").disabled = !state.page;
    $("on").disabled = from + PAGE >= state.shown.length;
  }
  $("back").addEventListener("click", () => turn(-1));
  $("on").addEventListener("click", () => turn(1));
  $("filters").addEventListener("input", show);
  $("filters").addEventListener("submit", (event) => event.preventDefault());
  $("filters").addEventListener("reset", () => setTimeout(show));

  function filter(field, group) {
    $("filters").reset();
    $("field").value = data.fields.indexOf(field);
    $("group").value = group === undefined ? -1 : data.groups.indexOf(group);
    $("outcome").value = "error";
    if (location.hash !== "#documents") location.hash = "#documents";
    else close();
    show();
    $("documents").scrollIntoView();
  }
  document.addEventListener("click", (event) => {
    const from = event.target.closest("[data-field]");
    if (from) filter(from.dataset.field, from.dataset.group);
  });

  // -- one document -----------------------------------------------------------------------------
  const view = $("document"), kept = { chunk: -1, documents: [] }, options = { errors: false, list: false };
  let opened = -1, cells = [], places = []; // a leaf's number -> its element, and what to call its place

  async function read(n) {
    const chunk = data.starts.filter((first) => first <= n).length - 1;
    if (kept.chunk !== chunk) {
      const bytes = Uint8Array.from(atob($("chunk-" + chunk).textContent), (c) => c.charCodeAt(0));
      const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
      kept.documents = JSON.parse(await new Response(stream).text());
      kept.chunk = chunk;
    }
    return kept.documents[n - data.starts[chunk]];
  }
  const go = (n) => { location.hash = "#document-" + (n + 1); };
  function close() {
    opened = -1;
    view.hidden = true;
    $("list").hidden = false;
  }
  async function follow() {
    const found = /^#document-(\d+)$/.exec(location.hash);
    if (!found || !docs[found[1] - 1]) {
      if (opened >= 0) close();
      return;
    }
    opened = found[1] - 1;
    const wanted = opened, body = await read(wanted);
    if (wanted !== opened) return; // another one was opened meanwhile
    $("list").hidden = true;
    view.hidden = false;
    draw(opened, body);
    $("documents").scrollIntoView();
  }
  addEventListener("hashchange", follow);

  function draw(n, body) {
    const doc = docs[n], at = state.shown.indexOf(n), status = data.statuses[doc[STATUS]];
    const step = (by) => {
      const made = button(by < 0 ? "‹ Previous" : "Next ›", () => go(state.shown[at + by]));
      made.disabled = at < 0 || state.shown[at + by] === undefined;
      return made;
    };
    const option = (name, text) => {
      const box = make("input");
      box.type = "checkbox";
      box.checked = options[name];
      box.addEventListener("change", () => { options[name] = box.checked; draw(n, body); });
      return make("label", "", box, " " + text);
    };
    const back = button("← All documents", () => { location.hash = "#documents"; });
    const top = make("div", "bar-top", back, step(-1), step(1), make("h3", "", doc[ID]),
      make("div", "options", option("errors", "only what differs"), option("list", "one line per leaf")));
    const chips = make("p", "chips");
    const chip = (name, x) => chips.append(make("span", "", name + " ", make("b", "", x)));
    if (doc[GROUP] >= 0) chip(words.by, data.groups[doc[GROUP]]);
    chip("F1", doc[F1].toFixed(4));
    const names = { ted: "nTED accuracy", anls: "ANLS*" };
    for (const [name, x] of body.scores) chip(names[name] || name, x.toFixed(4));
    OUTCOMES.forEach((name, k) => { if (doc[COUNTS + k]) chip(spoken(name), number(doc[COUNTS + k])); });
    FLAGS.forEach((name, k) => { if (doc[MISPLACED + k]) chip(name, number(doc[MISPLACED + k])); });
    if (doc[FORMAT] >= 0) chip("format", doc[FORMAT] ? "well formed" : "not well formed");
    const parts = [top, chips];
    if (status !== "ok") {
      const why = body.completion === null && status === "no_answer" ? "There is no prediction." : words.reasons[status] || "";
      const what = parsed(doc) ? " " : " No answer: every gold leaf is missing. ";
      parts.push(make("p", "alert", make("b", "", spoken(status) + "."), what + why));
    }
    if (doc[LIMITED]) parts.push(make("p", "alert", "The spec's max_work was reached: the pairs of items may not be the best."));
    cells = [];
    places = [];
    for (const [, , rows] of body.blocks) {
      for (const row of rows) for (const leaf of row[4]) places[leaf[0]] = `${row[2]} ${leaf[1]}`.trim();
    }
    const leaves = make("div", "leaves", ...body.blocks.map(block));
    if (!body.blocks.length) leaves.append(make("p", "panel muted", "Neither side has a leaf."));
    if (body.completion !== null) {
      leaves.append(make("details", "panel raw", make("summary", "", "Raw prediction"), make("pre", "", body.completion)));
    }
    const frame = make("div", body.images.length ? "doc pictured" : "doc");
    if (body.images.length) frame.append(pictures(n, body.images));
    frame.append(leaves);
    view.replaceChildren(...parts, frame);
  }
  function pictures(n, images) {
    const frame = make("div", "pictures");
    images.forEach((link, k) => {
      const image = make("img");
      image.alt = `Page ${k + 1} of ${docs[n][ID]}`;
      image.addEventListener("error", () => image.replaceWith(make("p", "", `The page image ${link ?? ""} cannot be shown.`)));
      image.src = link === null ? $(`image-${n}-${k}`).textContent : link;
      frame.append(image);
    });
    frame.addEventListener("click", () => frame.classList.toggle("large"));
    return frame;
  }

  // A leaf is [number, name, outcome, flags, gold, pred, link].
  const wrong = (leaf) => leaf[2] > 0;
  const blank = (text) => text === null || text.trim() === "";
  const value = (text) => (blank(text) ? make("span", "none", "—") : make("span", "value", text));

  // Marks the characters that two texts do not share, by their longest common subsequence. Texts that
  // share less than half, or are too long to compare here, stay unmarked.
  function compared(gold, pred) {
    const a = [...gold], b = [...pred], plain = [value(gold), value(pred)];
    if (a.length * b.length > 4e6) return plain;
    const wide = b.length + 1, best = new Uint16Array((a.length + 1) * wide);
    for (let i = a.length - 1; i >= 0; i--) {
      for (let j = b.length - 1; j >= 0; j--) {
        const at = i * wide + j;
        best[at] = a[i] === b[j] ? best[at + wide + 1] + 1 : Math.max(best[at + wide], best[at + 1]);
      }
    }
    if (4 * best[0] < a.length + b.length) return plain;
    const spans = [make("span", "value"), make("span", "value")];
    const put = (side, text, differs) => {
      const last = spans[side].lastChild;
      if (last && (last.nodeType === 1) === differs) last.textContent += text;
      else spans[side].append(differs ? make("mark", "", text) : text);
    };
    for (let i = 0, j = 0; i < a.length || j < b.length;) {
      const at = i * wide + j;
      if (i < a.length && j < b.length && a[i] === b[j]) {
        put(0, a[i++], false);
        put(1, b[j++], false);
      } else if (j >= b.length || (i < a.length && best[at + wide] >= best[at + 1])) put(0, a[i++], true);
      else put(1, b[j++], true);
    }
    return spans;
  }
  function mark(leaf) {
    const name = OUTCOMES[leaf[2]];
    return [make("span", "mark " + name), make("span", "said", spoken(name) + ": ")];
  }
  function sides(leaf) {
    const [, , outcome, , gold, pred] = leaf;
    if (!outcome) return [value(gold), value(pred)];
    const [left, right] = outcome === 1 ? compared(gold, pred) : [value(gold), outcome === 2 ? "missing" : value(pred)];
    return [left, make("span", "tint " + OUTCOMES[outcome], right)];
  }
  function flags(leaf, ...made) {
    made = made.filter(Boolean);
    if (wrong(leaf) && leaf[3] & 4) made.push(make("span", "", "! critical"));
    if (leaf[3] & 1) {
      made.push(leaf[6] < 0 ? make("span", "", "⇄ misplaced") : button(`⇄ misplaced: is ${places[leaf[6]]}`, () => light(leaf[6])));
    }
    if (leaf[3] & 2) made.push(make("span", "", "⌀ ungrounded"));
    return made.length ? make("div", "flag", ...made) : null;
  }
  function light(n) {
    for (const cell of view.querySelectorAll(".lit")) cell.classList.remove("lit");
    if (!cells[n]) return;
    cells[n].classList.add("lit");
    cells[n].scrollIntoView({ block: "center" });
  }
  function cell(leaf) {
    const made = make("div", wrong(leaf) ? "" : "ok");
    cells[leaf[0]] = made;
    if (!wrong(leaf)) {
      made.append(...mark(leaf), " ", value(leaf[4]));
      if (leaf[4] !== leaf[5]) made.append(make("span", "flag", "read: " + leaf[5]));
      return made;
    }
    const [gold, pred] = sides(leaf);
    made.append(make("div", "gold", gold), make("div", "", ...mark(leaf), " ", pred));
    made.append(flags(leaf, leaf[2] > 2 ? make("span", "", spoken(OUTCOMES[leaf[2]])) : null) ?? "");
    return made;
  }
  function line(leaf) {
    const head = make("th", "", leaf[1] || "value");
    head.scope = "row";
    const [left, pred] = sides(leaf);
    const gold = make("td", "", left);
    cells[leaf[0]] = gold;
    const name = make("span", "word", spoken(OUTCOMES[leaf[2]]));
    const outcome = make("td", wrong(leaf) ? "" : "ok", make("span", "mark " + OUTCOMES[leaf[2]]), " ", name, flags(leaf));
    return make("tr", "", head, gold, make("td", "", pred), outcome);
  }
  const heads = (names) => make("thead", "", make("tr", "", ...names.map((name) => make("th", "", name))));
  function paired(row, pooled) {
    const [gold, pred, goldAt, predAt] = row;
    const head = make("th", "", goldAt || (gold === null ? "—" : "·"), pooled ? "" : " ↔ ", pooled ? "" : predAt || (pred === null ? "—" : "·"));
    head.title = `gold ${gold === null ? "has no such item" : gold || "$"}` + (pooled ? "" : `, prediction ${pred === null ? "has no such item" : pred || "$"}`);
    head.scope = "row";
    return head;
  }
  function block([name, names, rows, pooled]) {
    if (options.errors) rows = rows.filter((row) => row[4].some(wrong));
    const title = make("h4", "", name || "Document");
    if (name) title.append(make("span", "muted", `  ${number(rows.length)} row${rows.length === 1 ? "" : "s"}, gold ↔ prediction`));
    if (pooled) title.append(make("span", "muted", "; values are pooled over rows, so that a line may hold predictions of several"));
    const made = make("div", "panel scroll", title);
    if (!rows.length) return make("div", "panel muted", title, "Nothing differs.");
    const flat = !name || options.list;
    const body = make("tbody");
    const add = (from) => {
      rows.slice(from, from + ROWS).forEach((row) => {
        if (!flat) {
          const here = (key) => row[4].filter((leaf) => leaf[1] === key).map(cell);
          body.append(make("tr", "", paired(row, pooled), ...names.map((key) => make("td", "", ...here(key)))));
          return;
        }
        if (name) {
          const head = paired(row, pooled);
          head.colSpan = 4;
          body.append(make("tr", "item", head));
        }
        body.append(...row[4].filter((leaf) => !options.errors || wrong(leaf)).map(line));
      });
      if (from + ROWS < rows.length) {
        const more = button(`Show more rows (${number(rows.length - from - ROWS)})`, () => { more.remove(); add(from + ROWS); });
        made.append(more);
      }
    };
    made.append(make("table", flat ? "plain" : "rows",
      heads(flat ? ["Field", "Gold", "Prediction", "Outcome"] : ["gold ↔ pred.", ...names.map((key) => key || "value")]), body));
    add(0);
    return made;
  }

  show();
  follow();
})();
