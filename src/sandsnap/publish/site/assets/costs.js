/* The calculator of costs.html: form -> workload -> cost_rules.js -> table. Its state is the query of the address. */
(function () {
  "use strict";
  const rules = globalThis.sandsnapCosts;
  const tariffs = globalThis.sandsnapTariffs;
  const form = document.getElementById("calculator");
  const table = document.getElementById("results");
  const field = (name) => form.elements.namedItem(name);
  const FIELDS = ["vcpu", "memory_gib", "gpu", "runs", "time", "unit", "active", "concurrent", "disk_gib", "snapshot_gib", "egress_gib"];
  const UNITS = [3600, 60, 1];

  /* -- what may be typed: [name, pattern, least, most, what it must be] -- */
  const WHOLE = /^\d{1,9}$/;
  const PARTS = /^\d{1,6}(\.\d{1,4})?$/;
  const CHECKED = [
    ["vcpu", PARTS, 0, 10000, "vCPU: a number such as 2 or 0.5"],
    ["memory_gib", PARTS, 0, 100000, "Memory: a number such as 4 or 0.5, in GiB"],
    ["runs", WHOLE, 1, 999999999, "Runs a month: a whole number from 1 on, without separators"],
    ["time", WHOLE, 1, 999999999, "How long a run lasts: a whole number from 1 on"],
    ["active", PARTS, 0, 100, "CPU busy: a percentage from 0 to 100"],
    ["concurrent", WHOLE, 1, 999999999, "At once: a whole number from 1 on"],
    ["disk_gib", PARTS, 0, 100000, "Disk: a number such as 10, in GiB; 0 for none"],
    ["snapshot_gib", PARTS, 0, 100000, "Snapshots: a number such as 10, in GiB; 0 for none"],
    ["egress_gib", PARTS, 0, 100000, "Sent out: a number such as 10, in GiB; 0 for none"],
  ];

  /* The workload in the form, or null with the errors shown. */
  function read() {
    const wrong = [];
    for (const [name, pattern, least, most, told] of CHECKED) {
      const text = field(name).value.trim();
      const good = pattern.test(text) && Number(text) >= least && Number(text) <= most;
      field(name).setAttribute("aria-invalid", String(!good));
      if (!good) wrong.push([name, told]);
    }
    const list = document.getElementById("errors");
    list.hidden = wrong.length === 0;
    list.replaceChildren(...wrong.map(([name, told]) => make("li", told, { id: name + "-error" })));
    if (wrong.length) return null;
    const value = (name) => field(name).value.trim();
    const seconds = BigInt(value("time")) * BigInt(value("unit"));
    const busy = rules.div(rules.mul(rules.number(seconds), rules.number(value("active"))), rules.number("100"));
    return {
      runs: value("runs"), concurrent: value("concurrent"), seconds: String(seconds), active_seconds: rules.text(busy, 6),
      vcpu: value("vcpu"), memory_gib: value("memory_gib"), gpu: value("gpu") || null,
      disk_gib: value("disk_gib"), snapshot_gib: value("snapshot_gib"), egress_gib: value("egress_gib"),
    };
  }

  function fill(preset) {
    const unit = UNITS.find((u) => preset.seconds % u === 0);
    const share = rules.div(rules.number(preset.active_seconds), rules.number(preset.seconds));
    choose("gpu", preset.gpu || "");
    const values = {
      vcpu: preset.vcpu, memory_gib: preset.memory_gib, runs: preset.runs, concurrent: preset.concurrent,
      disk_gib: preset.disk_gib, snapshot_gib: preset.snapshot_gib, egress_gib: preset.egress_gib,
      time: preset.seconds / unit, unit, active: rules.text(rules.mul(share, rules.number("100")), 4),
    };
    for (const name of Object.keys(values)) field(name).value = String(values[name]);
  }

  function choose(name, value) {
    const select = field(name);
    if (![...select.options].some((o) => o.value === value)) select.append(new Option(value, value));
    select.value = value;
  }

  function presetOf(need) {
    const same = (p) => ["runs", "concurrent", "seconds", "vcpu", "memory_gib", "disk_gib", "snapshot_gib", "egress_gib"].every((k) => String(p[k]) === need[k])
      && String(p.active_seconds) === need.active_seconds && (p.gpu || null) === need.gpu;
    const found = tariffs.presets.find(same);
    return found ? found.workload : "";
  }

  /* -- writing; costs.py writes the reference tables in the same way -- */
  function make(tag, text, attributes) {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    for (const [k, v] of Object.entries(attributes || {})) element.setAttribute(k, v);
    return element;
  }

  const commas = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ",");

  function dollars(amount) {
    const minus = amount.n < 0n;
    const size = minus ? rules.sub(rules.number("0"), amount) : amount;
    const large = !rules.less(size, rules.number("1"));
    const [whole, part] = rules.text(size, large ? 2 : 6, large).split(".");
    return (minus ? "−" : "") + "$" + commas(whole) + (part ? "." + part.padEnd(2, "0") : "");
  }

  function says(line) {
    if (line.quantity === undefined || line.quantity === null || (line.why && line.usd !== null)) return line.why;
    if (line.usd === null && !line.free) return line.why;
    const price = line.price;
    const per = line.per.startsWith("gb") ? "GB" : line.per.startsWith("gib") ? "GiB" : "vCPU";
    const what = {
      vcpu: " vCPU-hours", memory: " " + per + "-hours", storage: " " + per + "-hours of disk",
      snapshot_storage: " " + per + "-hours of snapshots", egress: " " + per + " sent", session: " sessions, begun ones whole", creation: " million creations",
    }[line.item] || " hours of " + (price ? price.sku : line.item);
    let text = rules.text(line.quantity, 6) + what;
    if (line.increment) text += ", begun " + line.increment + " s whole";
    if (line.step < 4)
      text += price && price.billed_on ? ", " + price.billed_on.replace(/_/g, " ") : ", provisioned (the page does not say what counts)";
    if (line.free) text += " − " + rules.text(rules.less(line.free, line.quantity) ? line.free : line.quantity, 6) + (line.item === "storage" ? " free" : " free a month");
    if (price) text += " × $" + price.rate + " (" + price.from + ")";
    return line.why ? text + "; " + line.why : text;
  }

  function row(cost, plan, isOpen) {
    const tr = make("tr", undefined, { role: "row" }); // the phone layout takes rows out of the table's display
    const amount = make("td", undefined, { class: "num", role: "cell" });
    if (cost.usd === null) {
      tr.className = "none";
      amount.append(make("span", "not priced", { class: "unpriced" }));
    } else {
      amount.textContent = dollars(cost.usd);
      if (plan.fee_open) amount.append(" ", make("span", "+ fee", { class: "soft", title: "a fee that no page states" }));
      amount.dataset.value = rules.text(cost.usd, 6, true);
    }
    const how = make("td", undefined, { role: "cell" });
    if (cost.usd === null) how.append(make("p", cost.unpriced, { class: "reason" }));
    const details = make("details", undefined, { "data-plan": key(cost) });
    details.open = isOpen;
    const summary = make("summary", "Arithmetic");
    summary.append(make("span", " of " + plan.name + ", " + plan.plan_name, { class: "unseen" }));
    const lines = make("dl", undefined, { class: "lines" });
    for (const line of [...cost.lines].sort((a, b) => a.step - b.step)) {
      const text = make("dd", says(line));
      const source = line.price && tariffs.sources[line.price.source];
      if (source && /^https?:/.test(source.url)) {
        const title = source.quote ? { title: "“" + source.quote + "”" } : {};
        text.append(" ", make("a", "source, verified " + source.verified_on, { href: source.url, rel: "noreferrer", ...title }));
      }
      const sum = make("dd", undefined, { class: "num" });
      sum.append(line.usd === null ? make("span", "not priced", { class: "unpriced" }) : dollars(line.usd));
      lines.append(make("dt", tariffs.items[line.item]), text, sum);
    }
    details.append(summary, lines);
    how.append(details);
    tr.append(make("th", plan.name, { scope: "row", role: "rowheader" }), make("td", plan.plan_name, { role: "cell" }), amount, how);
    return tr;
  }

  const key = (c) => c.vendor + "/" + c.product + "/" + c.plan;

  function summaryOf(made, plans) {
    const priced = made.filter((c) => c.usd !== null);
    if (priced.length === 0) return "No plan can be priced for this workload; the table says why.";
    // A plan whose fee no page states is no cheapest one.
    const whole = priced.filter((c) => !plans.get(key(c)).fee_open), first = (whole[0] || priced[0]).usd;
    const least = (whole.length ? whole : priced).filter((c) => !rules.less(first, c.usd));
    const names = least.map((c) => plans.get(key(c)).name + " (" + plans.get(key(c)).plan_name + ")");
    return "Least: " + names.join(" and ") + ", " + dollars(first) + " a month. "
      + priced.length + " of " + made.length + " plans can be priced.";
  }

  /* Once nobody types any more: it is read aloud. */
  let waiting = 0;
  function say(text) {
    clearTimeout(waiting);
    if (!text) document.getElementById("summary").textContent = "";
    else waiting = setTimeout(() => { document.getElementById("summary").textContent = text; }, 300);
  }

  function update() {
    const need = read();
    if (need === null) {
      table.tBodies[0].replaceChildren();
      say("");
      return;
    }
    const plans = new Map(tariffs.plans.map((p) => [key(p), p]));
    const open = new Set([...table.querySelectorAll("details[open]")].map((d) => d.dataset.plan));
    const made = rules.costs(tariffs, need);
    table.tBodies[0].replaceChildren(...made.map((c) => row(c, plans.get(key(c)), open.has(key(c)))));
    globalThis.sandsnapSort(table);
    say(summaryOf(made, plans));
    document.getElementById("preset").value = presetOf(need);
    const query = new URLSearchParams(FIELDS.map((name) => [name, field(name).value.trim()]));
    history.replaceState(null, "", "?" + query + location.hash);
    document.getElementById("link").href = "?" + query;
  }

  function start() {
    const query = new URLSearchParams(location.search);
    for (const name of FIELDS) {
      const value = query.get(name);
      if (value === null) continue;
      if (field(name).tagName !== "SELECT") field(name).value = value;
      else if ([...field(name).options].some((o) => o.value === value)) field(name).value = value;
      else if (name === "gpu" && /^[a-z0-9-]{1,40}$/.test(value)) choose(name, value);
    }
    form.addEventListener("input", (event) => {
      if (event.target.id !== "preset") update();
    });
    document.getElementById("preset").addEventListener("change", (event) => {
      const preset = tariffs.presets.find((p) => p.workload === event.target.value);
      if (preset) fill(preset);
      update();
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    update();
  }

  start();
})();
