/* The front page and the pairs: the evidence of a cell, which day, beside which other, which vendors and rows, what a buyer needs.
   The choice stands after the # of the address. Texts go into the page as text, never as markup. What cells said on other days, and what
   they rest on: data/days.js and data/history/<vendor>.js, loaded when asked for. */
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const all = (query, root = document) => [...root.querySelectorAll(query)];
  const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const human = (day) => `${+day.slice(8)} ${months[day.slice(5, 7) - 1]} ${day.slice(0, 4)}`;
  const apart = (from, to) => Math.round((Date.parse(to) - Date.parse(from)) / 864e5);
  const capital = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);
  const short = (url) => url.replace(/^\w+:\/\//, "").replace(/\/$/, "");
  const make = (tag, text, className) => {
    const node = document.createElement(tag);
    if (text !== undefined && text !== null) node.textContent = text;
    if (className) node.className = className;
    return node;
  };
  const edition = byId("edition"), asOf = edition.dataset.asOf, root = edition.dataset.root;

  /* Data: one promise per script. */
  const loading = new Map();
  const load = (path) => {
    if (!loading.has(path)) loading.set(path, new Promise((done, failed) => {
      const script = make("script");
      script.src = root + path;
      script.onload = done;
      script.onerror = () => { loading.delete(path); failed(new Error(`${path} could not be loaded`)); };
      document.head.append(script);
    }));
    return loading.get(path);
  };
  const loadDays = () => load("data/days.js");
  const loadVendor = (vendor) => Promise.all([loadDays(), load(`data/history/${vendor}.js`)]);
  const split = (id) => [id.slice(0, id.indexOf("-")), id.slice(id.indexOf("-") + 1)];
  const dataOf = (id) => (window.sandsnapHistory || {})[split(id)[0]];
  const versionOn = (id, day) => ((dataOf(id) || { cells: {} }).cells[split(id)[1]] || []).findLast((v) => v[0] <= day) || null;

  /* How a fact stood on a day: as the tables of that day have it (publish/site/spans.py). */
  const goodBy = (data, reader, day) => {
    const run = (data.verified[reader] || []).findLast((r) => r[0] <= day);
    return run ? (run.at(-1) < day ? run.at(-1) : day) : null;
  };
  const dayBefore = (day) => new Date(Date.parse(day) - 864e5).toISOString().slice(0, 10);
  const standing = (data, number, day) => {
    const span = data.spans[number];
    const wait = (span.waits || []).find(([, , from, to]) => from <= day && (!to || to > day));
    const gone = span.judged ? undefined : (span.unseen || []).find(([a, , b]) => a <= day && (!b || b > day));
    const verified = span.judged || goodBy(data, span.reader, gone ? dayBefore(gone[0]) : day) || day;
    let state = apart(verified, day) > window.sandsnapDays.fresh[span.table] ? "stale" : "current";
    if (span.ended) state = "ended";
    else if (wait) state = wait[0];
    else if (gone && gone[1] && gone[1] <= day) state = "missing";
    return { ...span, verified, state, reason: wait && wait[1], url: data.pages[span.page], link: data.pages[span.page] + span.at };
  };
  const oldest = (facts) => facts.map((f) => f.verified).sort()[0];
  const markOf = (facts, day) => {
    for (const grave of ["held", "unconfirmed", "missing"]) {
      const own = facts.filter((f) => f.state === grave);
      if (own.length) return [grave, oldest(own)];
    }
    const read = facts.filter((f) => !f.judged), old = read.filter((f) => f.state === "stale");
    if (old.length) return ["stale", oldest(old)];
    for (const basis of ["second_hand", "judged"]) {
      const own = facts.filter((f) => f.basis === basis).sort((a, b) => (a.verified < b.verified ? -1 : 1));
      if (own.length) return [basis, own[0].verified, own[0].by];
    }
    const verified = oldest(read);
    if (read.every((f) => f.state === "ended")) return ["ended", verified];
    const age = apart(verified, day);
    return [age <= 0 ? "today" : age <= 7 ? "week" : "dated", verified];
  };
  const markText = ([name, verified, who], day) =>
    name === "today" && day < asOf ? "confirmed that day" : name === "week" && day < asOf ? "confirmed that week"
      : window.sandsnapDays.marks[name].replace("{day}", human(verified)).replace("{who}", who || "others");

  /* The evidence of a cell on a day. */
  const sheet = byId("sheet");
  const proof = (f, day) => {
    const li = make("li");
    if (f.quote) li.append(make("blockquote", f.quote));
    const a = make("a", `${f.quote ? "See it on" : "The page:"} ${short(f.url)}`);
    if (/^https?:/.test(f.link)) a.href = f.link;
    const mark = markOf([f], day);
    li.append(a, make("p", markText(mark, day), `mark ${mark[0]}`));
    li.append(make("p", `${capital(f.says)}${f.judged ? "" : ","} ${f.since}.${f.before ? ` Before: ${f.before}.` : ""}${f.judged ? "" : ` Verified ${human(f.verified)}.`}`));
    if (f.reason) li.append(make("p", `${capital(f.state)}: ${f.reason}`, "warn"));
    if (f.state === "missing") li.append(make("p", "The last reading of the page lacks it; the next one decides.", "warn"));
    for (const [text, link, url] of day === asOf ? f.rivals || [] : []) {
      const p = make("p", "Another page says otherwise: ", "rivals"), other = make("a", text);
      if (/^https?:/.test(link)) other.href = link;
      p.append(other, ` (${short(url)})`);
      li.append(p);
    }
    for (const [text, quote, link, url, name, word] of day === asOf ? f.beside || [] : []) {
      const p = make("p", `${capital(text)} ${quote ? `“${quote}” ` : ""}`), page = make("a", short(url));
      if (/^https?:/.test(link)) page.href = link;
      p.append(page, " ", make("span", word, `mark ${name}`));
      li.append(p);
    }
    if (f.capture) {
      const p = make("p", "First read from the stored copy ");
      p.append(make("code", f.capture));
      if (f.origin) {
        const [who, link] = f.origin, from = make(link ? "a" : "span", who);
        if (link && /^https?:/.test(link)) from.href = link;
        p.append(", ", from);
      }
      li.append(p);
    }
    return li;
  };
  const proofs = (id, version, day) => {
    const box = document.createDocumentFragment(), data = dataOf(id), [vendor, table] = split(id);
    box.append(make("p", `As of ${human(day)}`, "soft"));
    for (const [text, spans] of version[7]) {
      box.append(make("h3", text));
      const list = make("ul"), told = new Set();
      for (const number of spans) {
        const f = standing(data, number, day);
        const key = JSON.stringify([f.link, f.quote, f.since, f.before, f.state]);
        if (told.has(key)) continue;
        told.add(key);
        list.append(proof(f, day));
      }
      box.append(list);
    }
    const p = make("p"), link = make("a", "All facts on this, with their addresses");
    link.href = `${root}vendors/${vendor}.html#${table}`;
    p.append(link);
    box.append(p);
    return box;
  };
  const title = (id) => {
    const [vendor, table] = split(id), cell = document.querySelector(`[data-cell="${CSS.escape(id)}"]`);
    const row = cell && cell.closest("tr").querySelector("th");
    return `${cell ? cell.dataset.of : vendor}: ${row ? row.firstChild.textContent.trim() : table}`;
  };
  const open = async (id, day) => {
    try { await loadVendor(split(id)[0]); } catch { location.href = `${root}vendors/${split(id)[0]}.html#${split(id)[1]}`; return; }
    const version = versionOn(id, day);
    if (!version) return;
    byId("sheet-head").textContent = title(id);
    sheet.querySelector(".proofs").replaceChildren(proofs(id, version, day));
    sheet.dataset.cell = id;
    sheet.scrollTop = 0;
    if (!sheet.matches(":popover-open")) sheet.showPopover();
  };
  // What a click on a value opens; its link still leads to the vendor's page in a new tab.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-sheet]");
    const td = event.target.closest("td[data-cell]");
    if (event.ctrlKey || event.metaKey || event.shiftKey || (!link && (!td || event.target.closest("a, button") || String(getSelection())))) return;
    const stamp = link || td.querySelector("a.stamp");
    if (!stamp) return;
    event.preventDefault();
    open(stamp.dataset.sheet, stamp.dataset.day || asOf);
  });
  if (!byId("tools")) return;  // a pair has its evidence, and nothing to choose

  /* The state in the address: #on=2026-02-10&vs=2026-07-04&vendors=e2b,fly&rows=prices&need=gpu&cell=e2b-prices */
  const on = byId("on"), vs = byId("vs"), only = byId("only"), reset = byId("reset"), status = byId("status"), fits = byId("fits"), one = byId("one");
  const cells = new Map(all("td[data-cell]").map((td) => [td.dataset.cell, { td, kept: [...td.childNodes] }]));
  const kinds = { changed: "changed by the vendor", judged: "judged, or read by others", read: "first read", cited: "" };
  const read = () => new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
  const write = (state) => {
    const text = state.toString().replaceAll("%2C", ",");
    history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
  };
  const boxes = (name) => all(`input[name=${name}]`);
  const picked = (name) => boxes(name).filter((box) => box.checked).map((box) => box.value);
  const usual = new Map(["vendor", "row"].map((name) => [name, picked(name).join(",")]));
  const fromForm = () => {
    const state = new URLSearchParams();
    if (on.value) state.set("on", on.value);
    if (vs.value) state.set("vs", vs.value);
    if (only.checked && vs.value) state.set("only", "1");
    for (const name of ["vendor", "row"]) if (picked(name).join(",") !== usual.get(name)) state.set(`${name}s`, picked(name).join(","));
    if (picked("need").length) state.set("need", picked("need").join(","));
    return state;
  };
  let filled = false;
  const fill = () => {
    if (filled) return;
    filled = true;
    for (const [day, said, changed] of [...window.sandsnapDays.days].reverse()) {
      if (day === asOf) continue;
      const told = changed ? `${changed} changed` : `${said} first read or judged`;
      for (const select of [on, vs]) {
        const option = make("option", `${human(day)}: ${told}`);
        option.value = day;
        select.append(option);
      }
    }
  };
  // A day of the address: any day up to the latest can be shown, also one on which nothing changed.
  const choose = (day) => {
    if (!day || !/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(Date.parse(day)) || day >= asOf) return "";
    for (const select of [on, vs]) {
      const after = [...select.options].findIndex((o) => o.value && o.value <= day);
      if (after >= 0 && select.options[after].value === day) continue;
      const option = make("option", `${human(day)}: no change`);
      option.value = day;
      select.add(option, after < 0 ? null : after);
    }
    return day;
  };

  /* What a cell says. `other`: the texts of the other day, to mark what differs. */
  const texts = (version) => (version ? [version[3], version[4], version[5], ...version[7].map(([text]) => text)].filter(Boolean) : []);
  const says = (version, other, tag) => {
    const box = make("div", null, "says");
    if (!version || !version[7].length) {
      box.append(make("p", version ? "Nothing is recorded" : "Not read yet", "none"));
      return box;
    }
    const [, , verdict, word, head, note, , said] = version;
    const put = (text, className) => {
      if (!text) return;
      const p = make("p", null, className);
      p.append(other && !other.has(text) && className !== `verdict ${verdict}` ? make(tag, text) : text);
      box.append(p);
    };
    if (word) put(word, `verdict ${verdict}`);
    put(head, "head");
    put(note, "note");
    if (!word && !head && said.length) put(said[0][0], "note");
    // Beside another day, what the cell has no room for is told where it differs.
    for (const [text] of other ? said : []) if (!other.has(text)) put(text, "note");
    return box;
  };
  const stamp = (id, version, day) => {
    const numbers = version[6].length ? version[6] : version[7].flatMap(([, spans]) => spans);
    const mark = markOf(numbers.map((n) => standing(dataOf(id), n, day)), day);
    const a = make("a", null, "stamp");
    a.href = `${root}vendors/${split(id)[0]}.html#${split(id)[1]}`;
    a.dataset.sheet = id;
    a.dataset.day = day;
    a.append(make("span", markText(mark, day), `mark ${mark[0]}`), make("span", `: evidence, ${title(id)}`, "unseen"));
    return a;
  };
  // Beside the claim, what others had measured by that day.
  const measured = (id, day) => {
    const found = split(id)[1] === "cold_starts" && (dataOf(id).measured || []).findLast((m) => m[0] <= day);
    if (!found) return [];
    const [, product, figure, rest, url] = found;
    const p = make("p", product ? `${product} measured ` : "Measured ", "measured"), a = make("a", figure);
    if (/^https?:/.test(url)) a.href = url;
    p.append(a, ` ${rest}`);
    return [p];
  };
  const put = (id, ...nodes) => cells.get(id).td.replaceChildren(...nodes);
  const restore = () => { for (const { td, kept } of cells.values()) { td.replaceChildren(...kept); td.classList.remove("differs", "same"); } };
  const some = (version) => version && version[7].length;
  const showDay = (day) => {
    for (const id of cells.keys()) {
      const version = versionOn(id, day);
      put(id, says(version), ...measured(id, day), ...(some(version) ? [stamp(id, version, day)] : []));
    }
    status.textContent = `This is ${human(day)}, as we know it now.`;
  };
  const why = (id, from, to) => {
    if (!versionOn(id, from)) return "first read after that day";
    const between = dataOf(id).cells[split(id)[1]].filter((v) => v[0] > from && v[0] <= to).map((v) => v[1]);
    return kinds[["changed", "judged", "read"].find((k) => between.includes(k))] || "";
  };
  const compare = (a, b) => {
    const [from, to] = a < b ? [a, b] : [b, a];
    const vendors = new Set(picked("vendor")), rows = new Set(picked("row"));
    let differ = 0, asked = 0;
    for (const [id, { td }] of cells) {
      const [vendor, row] = split(id), chosen = vendors.has(vendor) && rows.has(row);
      asked += chosen;
      const was = versionOn(id, from), now = versionOn(id, to);
      const left = texts(was), right = texts(now);
      const same = JSON.stringify(left) === JSON.stringify(right);
      const last = some(now) ? [now, to] : some(was) ? [was, from] : null;
      const button = last ? [stamp(id, ...last)] : [];
      td.classList.toggle("differs", !same);
      td.classList.toggle("same", same);
      if (same) {
        put(id, says(now), ...measured(id, to), ...button);
        continue;
      }
      differ += chosen;
      const pair = make("div", null, "pair");
      for (const [day, version, other, tag] of [[from, was, right, "del"], [to, now, left, "ins"]]) {
        const half = make("div");
        half.append(make("p", human(day), "date"), says(version, new Set(other), tag), ...measured(id, day));
        pair.append(half);
      }
      put(id, pair, make("p", why(id, from, to), "why"), ...button);
    }
    status.textContent = `${differ} of ${asked} cells differ between ${human(from)} and ${human(to)}. Struck out: only said on the first day; underlined: only on the second.`;
  };

  /* Which vendors, rows, products: what is chosen and what fits. A vendor fits with one product that fits. */
  const numbers = all("#numbers tbody tr"), dots = all("svg g[data-vendor]");
  const filter = () => {
    const rows = new Set(picked("row")), needs = picked("need");
    const fit = new Set(), unknown = new Set();
    for (const tr of numbers) {
      const has = new Set(tr.dataset.fits.split(" ")), open = new Set(tr.dataset.open.split(" "));
      tr.hidden = !needs.every((n) => has.has(n));
      if (!tr.hidden) fit.add(tr.dataset.vendor);
      else if (needs.every((n) => has.has(n) || open.has(n))) unknown.add(tr.dataset.vendor);
    }
    for (const dot of dots) dot.toggleAttribute("hidden", needs.length > 0 && !fit.has(dot.dataset.vendor));
    const vendors = new Set(picked("vendor").filter((v) => !needs.length || fit.has(v)));
    for (const th of all("#grid th[data-vendor]")) th.hidden = !vendors.has(th.dataset.vendor);
    for (const [id, { td }] of cells) td.hidden = !vendors.has(split(id)[0]);
    for (const tr of all("#grid tr[data-row]")) {
      const differs = all("td.differs", tr).some((td) => !td.hidden);
      tr.hidden = !rows.has(tr.dataset.row) || (only.checked && !!vs.value && !differs);
    }
    for (const option of one.options) option.hidden = option.disabled = !vendors.has(option.value);
    if (!vendors.has(one.value)) one.value = [...vendors][0] || "";
    single();
    const open = [...unknown].filter((v) => !fit.has(v)).length;
    fits.textContent = needs.length ? `${fit.size} of ${new Set(numbers.map((r) => r.dataset.vendor)).size} vendors fit.${open ? ` Of ${open} more no page says.` : ""}` : "";
  };
  // On a phone one vendor is shown at a time (the style sheet says from which width on).
  const single = () => { for (const [id, { td }] of cells) td.classList.toggle("one", split(id)[0] === one.value); };

  const show = async () => {
    const state = read();
    for (const name of ["vendor", "row", "need"]) {
      const key = name === "need" ? name : `${name}s`;
      const chosen = (state.has(key) ? state.get(key) : usual.get(name) || "").split(",");
      for (const box of boxes(name)) box.checked = chosen.includes(box.value);
    }
    const days = [state.get("on"), state.get("vs")];
    if (days.some(Boolean)) {
      try { await Promise.all([...one.options].map((o) => loadVendor(o.value))); fill(); }
      catch (error) { status.textContent = `Other days cannot be shown: ${error.message}.`; return; }
    }
    on.value = choose(days[0]);
    vs.value = choose(days[1]);
    only.checked = state.get("only") === "1";
    byId("only-field").hidden = !vs.value;
    restore();
    status.textContent = "";
    const day = on.value || asOf;
    if (vs.value && vs.value !== day) compare(vs.value, day);
    else if (on.value) showDay(on.value);
    filter();
    reset.hidden = !fromForm().size;
    const wanted = state.get("cell");
    if (wanted && cells.has(wanted)) open(wanted, on.value || asOf);
  };
  const changed = () => { write(fromForm()); show(); };
  for (const form of [byId("tools"), byId("needs"), byId("phone")]) form.addEventListener("submit", (event) => event.preventDefault());
  byId("tools").addEventListener("change", changed);
  byId("needs").addEventListener("change", changed);
  one.addEventListener("change", single);
  const jump = byId("jump");
  jump.addEventListener("change", () => {
    const row = jump.value && byId(`row-${jump.value}`);
    if (row) row.scrollIntoView();
    jump.value = "";
  });
  reset.addEventListener("click", () => { write(new URLSearchParams()); show(); on.focus(); });
  addEventListener("hashchange", () => { if (!location.hash || location.hash.includes("=")) show(); });
  // The list of days comes with the data: fetched when somebody reaches for it.
  for (const select of [on, vs]) for (const event of ["focus", "pointerenter"]) select.addEventListener(event, () => loadDays().then(fill).catch(() => {}), { once: true });
  sheet.addEventListener("toggle", (event) => {
    const state = read();  // the address, not the form: it may have moved on since the key was pressed
    if (event.newState === "open") state.set("cell", sheet.dataset.cell);
    else state.delete("cell");
    write(state);
  });
  show();
})();
