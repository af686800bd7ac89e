/* The comparison page: which vendors and rows, which day, beside which other day. The choice stands after the # of the
   address. Texts go into the page as text, never as markup. Data of other days: data/history.js, loaded when asked for. */
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const all = (query, root = document) => [...root.querySelectorAll(query)];
  const on = byId("on"), vs = byId("vs"), only = byId("only"), reset = byId("reset"), status = byId("status");
  const words = { today: "today", week: "this week", stale: "stale", held: "held", unconfirmed: "unconfirmed", judged: "judged" };
  const kinds = { changed: "changed by the vendor", judged: "judged anew by us", read: "first read", cited: "" };
  const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const human = (day) => `${+day.slice(8)} ${months[day.slice(5, 7) - 1]} ${day.slice(0, 4)}`;
  const apart = (from, to) => Math.round((Date.parse(to) - Date.parse(from)) / 864e5);
  const make = (tag, text, className) => {
    const node = document.createElement(tag);
    if (text !== undefined && text !== null) node.textContent = text;
    if (className) node.className = className;
    return node;
  };
  // What the server wrote, to come back to.
  const cells = new Map(all("td[data-cell]").map((td) => [td.dataset.cell, { td, kept: [...td.childNodes] }]));
  const sheets = new Map(all("dialog.sheet").map((d) => [d.id.slice(2), { d, kept: [...d.querySelector(".proofs").childNodes] }]));

  /* The state in the address: #on=2026-02-10&vs=2026-07-04&vendors=e2b,fly&rows=prices&cell=e2b-prices */
  const read = () => new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
  const write = (state) => {
    const text = state.toString().replaceAll("%2C", ",");
    history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
  };
  const picked = (name) => all(`#tools input[name=${name}]`).filter((box) => box.checked).map((box) => box.value);
  const boxes = (name) => all(`#tools input[name=${name}]`);
  const fromForm = () => {
    const state = new URLSearchParams();
    if (on.value) state.set("on", on.value);
    if (vs.value) state.set("vs", vs.value);
    if (only.checked && vs.value) state.set("only", "1");
    for (const name of ["vendor", "row"]) {
      const chosen = picked(name);
      if (chosen.length < boxes(name).length) state.set(`${name}s`, chosen.join(","));
    }
    return state;
  };

  let data = null, loading = null;
  const load = () => (loading ??= new Promise((done, failed) => {
    const script = make("script");
    script.src = "data/history.js";
    script.onload = () => { data = window.sandsnapHistory; fill(); done(); };
    script.onerror = () => failed(new Error("data/history.js could not be loaded"));
    document.head.append(script);
  }));
  const fill = () => {
    for (const [day, said, changed] of [...data.days].reverse()) {
      if (day === data.asOf) continue;
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
    if (!day || !/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(Date.parse(day)) || day >= data.asOf) return "";
    for (const select of [on, vs]) {
      const after = [...select.options].findIndex((o) => o.value && o.value <= day);
      if (after >= 0 && select.options[after].value === day) continue;
      const option = make("option", `${human(day)}: no change`);
      option.value = day;
      select.add(option, after < 0 ? null : after);
    }
    return day;
  };

  const versionOn = (cell, day) => (data.cells[cell] || []).findLast((v) => v[0] <= day) || null;
  const goodBy = (reader, day) => {
    const run = (data.verified[reader] || []).findLast((r) => r[0] <= day);
    if (!run) return null;
    const last = run.at(-1);
    return last < day ? last : day;
  };
  const dayBefore = (day) => new Date(Date.parse(day) - 864e5).toISOString().slice(0, 10);
  const standing = (number, day) => {
    const [what, quote, page, fragment, basis, since, before, capture, reader, judged, unseen] = data.spans[number];
    const gone = judged ? undefined : unseen.find(([a, , b]) => a <= day && (!b || b > day));
    const verified = judged || goodBy(reader, gone ? dayBefore(gone[0]) : day);
    return { what, quote, link: data.pages[page] + fragment, url: data.pages[page], basis, since, before, capture, judged, verified, missing: !!(gone && gone[1] && gone[1] <= day) };
  };
  const markOf = (facts, day) => {
    const stated = facts.filter((f) => !f.judged);
    if (!stated.length) return ["judged", facts.map((f) => f.judged).sort().at(-1)];
    const oldest = stated.map((f) => f.verified || day).sort()[0];
    if (stated.some((f) => f.missing)) return ["unconfirmed", oldest];
    const age = apart(oldest, day);
    return [age <= 0 ? "today" : age <= 7 ? "week" : "stale", oldest];
  };

  /* Building what a cell says. `other`: the texts of the other day, to mark what differs. */
  const says = (version, other, tag) => {
    const box = make("div", null, "says");
    if (!version || !version[4].length) {
      box.append(make("p", version ? "Nothing is recorded" : "Not read yet", "none"));
      return box;
    }
    const [, , verdict, word, said, more] = version;
    if (word) box.append(make("p", word, `verdict ${verdict}`));
    const list = make("ul");
    for (const [text] of said) {
      const li = make("li");
      li.append(other && !other.has(text) ? make(tag, text) : text);
      list.append(li);
    }
    if (more) list.append(make("li", `and ${more} more`, "soft"));
    box.append(list);
    return box;
  };
  const seen = (version) => new Set(version ? version[4].map(([text]) => text) : []);
  const stamp = (id, version, day) => {
    const facts = version[4].flatMap(([, spans]) => spans.map((s) => standing(s, day)));
    const [name, verified] = markOf(facts, day);
    const button = make("button", null, "stamp");
    button.setAttribute("popovertarget", `e-${id}`);
    button.append(make("span", name === "today" && day < data.asOf ? "that day" : words[name], `mark ${name}`), " ", make("small", human(verified)), make("span", `: evidence, ${title(id)}`, "unseen"));
    return button;
  };
  const title = (id) => all(`#h-${CSS.escape(id)}`).map((h) => h.textContent.trim())[0] || id;
  const proofs = (version, day) => {
    const box = document.createDocumentFragment();
    box.append(make("p", `As of ${human(day)}`, "soft"));
    for (const [text, spans] of version[4]) {
      box.append(make("h3", text));
      const list = make("ul"), told = new Set();
      for (const number of spans) {
        const f = standing(number, day);
        const key = JSON.stringify([f.link, f.quote, f.since, f.before]);
        if (told.has(key)) continue;
        told.add(key);
        const li = make("li");
        if (f.quote) li.append(make("blockquote", f.quote));
        const a = make("a", `${f.quote ? "See it on" : "The page:"} ${f.url.replace(/^\w+:\/\//, "").replace(/\/$/, "")}`);
        if (/^https?:/.test(f.link)) a.href = f.link;
        const basis = f.basis[0].toUpperCase() + f.basis.slice(1);
        li.append(a, make("p", `${basis}${f.judged ? "" : ","} ${f.since}.${f.before ? ` Before: ${f.before}.` : ""}${f.judged ? "" : ` Verified ${human(f.verified)}.`}`));
        if (f.missing) li.append(make("p", "The last reading of that day lacks it.", "warn"));
        if (f.capture) {
          const p = make("p", "First read from the stored copy ");
          p.append(make("code", f.capture));
          li.append(p);
        }
        list.append(li);
      }
      box.append(list);
    }
    return box;
  };
  const put = (id, nodes, evidence) => {
    cells.get(id).td.replaceChildren(...nodes);
    const sheet = sheets.get(id);
    if (sheet && evidence) sheet.d.querySelector(".proofs").replaceChildren(evidence);
  };
  const restore = () => {
    for (const { td, kept } of cells.values()) { td.replaceChildren(...kept); td.classList.remove("differs", "same"); }
    for (const { d, kept } of sheets.values()) d.querySelector(".proofs").replaceChildren(...kept);
  };
  const why = (id, from, to) => {
    if (!versionOn(id, from)) return "first read after that day";
    const between = data.cells[id].filter((v) => v[0] > from && v[0] <= to).map((v) => v[1]);
    return kinds[["changed", "judged", "read"].find((k) => between.includes(k))] || "";
  };

  const showDay = (day) => {
    for (const id of cells.keys()) {
      const version = versionOn(id, day), some = version && version[4].length;
      const button = some && sheets.has(id) ? [stamp(id, version, day)] : [];
      put(id, [says(version), ...button], some ? proofs(version, day) : null);
    }
    status.textContent = `This is ${human(day)}, as we know it now.`;
  };
  const compare = (a, b) => {
    const [from, to] = a < b ? [a, b] : [b, a];
    const vendors = new Set(picked("vendor")), rows = new Set(picked("row"));
    let differ = 0, asked = 0;
    for (const [id, { td }] of cells) {
      const [vendor, row] = id.split("-"), chosen = vendors.has(vendor) && rows.has(row);
      asked += chosen;
      const was = versionOn(id, from), now = versionOn(id, to);
      const left = seen(was), right = seen(now);
      const same = JSON.stringify([was?.[3], ...left]) === JSON.stringify([now?.[3], ...right]);
      const last = now && now[4].length ? [now, to] : was && was[4].length ? [was, from] : null;
      const button = last && sheets.has(id) ? [stamp(id, ...last)] : [];
      td.classList.toggle("differs", !same);
      td.classList.toggle("same", same);
      if (same) {
        put(id, [says(now), ...button], last && proofs(...last));
        continue;
      }
      differ += chosen;
      const pair = make("div", null, "pair");
      for (const [day, version, other, tag] of [[from, was, right, "del"], [to, now, left, "ins"]]) {
        const half = make("div");
        half.append(make("p", human(day), "date"), says(version, other, tag));
        pair.append(half);
      }
      put(id, [pair, make("p", why(id, from, to), "why"), ...button], last && proofs(...last));
    }
    status.textContent = `${differ} of ${asked} cells differ between ${human(from)} and ${human(to)}. Struck out: only said on the first day; underlined: only on the second.`;
  };
  const filter = () => {
    const vendors = new Set(picked("vendor")), rows = new Set(picked("row"));
    for (const th of all("#grid th[data-vendor]")) th.hidden = !vendors.has(th.dataset.vendor);
    for (const [id, { td }] of cells) td.hidden = !vendors.has(id.split("-")[0]);
    for (const tr of all("#grid tr[data-row]")) {
      const differs = all("td.differs", tr).some((td) => !td.hidden);
      tr.hidden = !rows.has(tr.dataset.row) || (only.checked && !!vs.value && !differs);
    }
  };

  const show = async () => {
    const state = read();
    for (const name of ["vendor", "row"]) {
      const chosen = state.has(`${name}s`) ? state.get(`${name}s`).split(",") : null;
      for (const box of boxes(name)) box.checked = !chosen || chosen.includes(box.value);
    }
    const days = [state.get("on"), state.get("vs")];
    if (days.some(Boolean)) {
      try { await load(); } catch (error) { status.textContent = `Other days cannot be shown: ${error.message}.`; return; }
    }
    on.value = choose(days[0]);
    vs.value = choose(days[1]);
    only.checked = state.get("only") === "1";
    byId("only-field").hidden = !vs.value;
    restore();
    status.textContent = "";
    const day = on.value || byId("edition").dataset.asOf;
    if (vs.value && vs.value !== day) compare(vs.value, day);
    else if (on.value) showDay(on.value);
    filter();
    reset.hidden = !fromForm().size;
    const wanted = state.get("cell");
    if (wanted && sheets.has(wanted)) sheets.get(wanted).d.showPopover();
  };

  byId("tools").addEventListener("change", () => { write(fromForm()); show(); });
  byId("tools").addEventListener("submit", (event) => event.preventDefault());
  reset.addEventListener("click", () => { write(new URLSearchParams()); show(); on.focus(); });
  addEventListener("hashchange", () => { if (!location.hash || location.hash.includes("=")) show(); });
  // The list of days comes with the data: fetched when somebody reaches for it.
  for (const select of [on, vs]) for (const event of ["focus", "pointerenter"]) select.addEventListener(event, () => load().catch(() => {}), { once: true });
  // A click anywhere in a cell is a click on its button, unless it selects text or follows a link.
  byId("grid").addEventListener("click", (event) => {
    const td = event.target.closest("td[data-cell]");
    if (!td || event.target.closest("a, button") || String(getSelection())) return;
    td.querySelector(".stamp")?.click();
  });
  for (const [id, { d }] of sheets) d.addEventListener("toggle", (event) => {
    const state = read();  // the address, not the form: it may have moved on since the key was pressed
    if (event.newState === "open") state.set("cell", id);
    else if (state.get("cell") === id) state.delete("cell");
    write(state);
  });
  show();
})();
