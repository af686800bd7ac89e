/* What a workload costs in a plan, from the tariffs that cost_data.py exports. The same rules as sandsnap/cost/bill.py,
 * line by line (tests run both); exact fractions of BigInt, no floating point.
 * Runs in a page (globalThis.sandsnapCosts) and in Node (require). */
(function () {
  "use strict";

  /* -- exact numbers: {n, d}, a fraction of two BigInt with d > 0 -- */
  const DECIMAL = /^(-?)(\d{1,30})(?:\.(\d{1,30}))?$/;
  function number(text) {
    const m = DECIMAL.exec(String(text));
    if (!m) throw new RangeError("not a decimal number: " + text);
    const places = m[3] || "";
    return { n: BigInt(m[1] + m[2] + places), d: 10n ** BigInt(places.length) };
  }
  const add = (a, b) => ({ n: a.n * b.d + b.n * a.d, d: a.d * b.d });
  const sub = (a, b) => ({ n: a.n * b.d - b.n * a.d, d: a.d * b.d });
  const mul = (a, b) => ({ n: a.n * b.n, d: a.d * b.d });
  const div = (a, b) => ({ n: a.n * b.d, d: a.d * b.n });
  const less = (a, b) => a.n * b.d < b.n * a.d;
  const least = (a, b) => (less(b, a) ? b : a);
  const ceil = (a) => ({ n: (a.n + a.d - 1n) / a.d, d: 1n });
  const ZERO = number("0");
  const HOUR = number("3600");
  const MILLION = number("1000000");

  /* The nearest decimal of so many places, halves away from zero, as {n, d: 10^places}. */
  function round(a, places) {
    const d = 10n ** BigInt(places);
    const twice = 2n * (a.n < 0n ? -a.n : a.n) * d;
    const n = (twice + a.d) / (2n * a.d);
    return { n: a.n < 0n ? -n : n, d };
  }

  /* Decimal text of a fraction, at most so many places, without trailing zeros unless `fixed`. */
  function text(a, places, fixed) {
    const r = round(a, places);
    const digits = String(r.n < 0n ? -r.n : r.n).padStart(places + 1, "0");
    const whole = digits.slice(0, digits.length - places);
    let part = places ? digits.slice(-places) : "";
    if (!fixed) part = part.replace(/0+$/, "");
    return (r.n < 0n ? "-" : "") + whole + (part ? "." + part : "");
  }

  /* -- the rules -- */
  const STEPS = {
    plan_fee: 1, vcpu: 2, memory: 3, gpu: 4, instance: 5, session: 6, creation: 7, storage: 8, snapshot_storage: 9, egress: 10,
    credit: 20, fee_credit: 20, limit: 30,
  };
  const STORED = ["storage", "snapshot_storage", "egress"];

  function applies(item, plan, w) {
    if (item === "gpu") return w.gpu !== null;
    if (item === "creation")
      return w.gpu === null && Boolean(plan.prices.creation || plan.free.some((f) => f.allowance === "creations" && f.period === "month"));
    if (item === "storage") return less(ZERO, w.disk);
    if (item === "snapshot_storage") return less(ZERO, w.snapshot);
    if (item === "egress") return less(ZERO, w.egress);
    if (item === "vcpu") return plan.mode === "resources" && less(ZERO, w.vcpu);
    if (item === "memory") return plan.mode === "resources" && less(ZERO, w.memory);
    return plan.mode === item && w.gpu === null;
  }

  /* Memory in GB that the need takes. */
  const need = (w, gbPerGib) => mul(w.memory, gbPerGib);

  function fits(item, price, plan, w, gbPerGib) {
    if (item === "gpu") return price.sku === w.gpu || price.sku.startsWith(w.gpu + "-"); // an L4 is no L40S
    if (item === "session" || item === "creation") return true;
    if (item !== "instance") return price.sku === "-";
    if (price.vcpu === undefined || less(number(price.vcpu), w.vcpu)) return false;
    return !less(number(price.memory_gb), need(w, gbPerGib)) || moreMemory(plan, price, gbPerGib) !== null;
  }

  /* What a GB beyond a size's memory costs an hour in its region; null where no page states it. */
  function moreMemory(plan, price, gbPerGib) {
    const rates = (plan.prices.memory || []).filter((p) => p.region === price.region && (p.per === "gb" || p.per === "gib"));
    const each = rates.map((p) => (p.per === "gib" ? div(number(p.rate), gbPerGib) : number(p.rate)));
    return each.length ? each.reduce((a, b) => (less(a, b) ? b : a)) : null;
  }

  function rate(item, price, plan, w, gbPerGib) {
    const own = number(price.rate);
    if (item !== "instance" || !less(number(price.memory_gb), need(w, gbPerGib))) return own;
    return add(own, mul(sub(need(w, gbPerGib), number(price.memory_gb)), moreMemory(plan, price, gbPerGib)));
  }

  /* The plan's own price before one for all, one for all regions before a region's, then the cheapest. */
  function pick(item, plan, w, gbPerGib) {
    const fitting = (name) => (plan.prices[name] || []).filter((p) => fits(item, p, plan, w, gbPerGib));
    const own = fitting(item);
    const found = item === "storage" && own.length === 0 ? fitting("volume") : own;
    const before = (a, b) =>
      a.rank !== b.rank ? a.rank < b.rank : less(rate(item, a, plan, w, gbPerGib), rate(item, b, plan, w, gbPerGib));
    return found.length ? found.reduce((a, b) => (before(b, a) ? b : a)) : null;
  }

  /* The vCPU to be bought: where memory comes with them, one or a whole number of steps that hold the need. */
  function buys(plan, w, gbPerGib) {
    if (plan.ratio === null) return w.vcpu;
    const byMemory = div(need(w, gbPerGib), number(plan.ratio));
    const most = less(w.vcpu, byMemory) ? byMemory : w.vcpu;
    const step = number(plan.step || "1");
    return less(number("1"), most) ? mul(ceil(div(most, step)), step) : number("1");
  }

  /* What is free of an item, in the unit of its price: {amount, unit}; null for nothing. Once for the account. */
  function freeOf(item, price, plan, w, gbPerGib) {
    for (const f of plan.free) {
      if (f.item !== item) continue;
      const amount = number(f.amount);
      if (f.allowance === "creations") return { amount: div(amount, MILLION), unit: f.unit };
      if (!STORED.includes(item) || f.allowance === "storage_time") {
        if (!price || f.unit === price.per + "_hour") return { amount, unit: f.unit };
        continue;
      }
      if (f.unit !== "gb" && f.unit !== "gib") continue;
      const same = !price || f.unit === price.per;
      const into = same ? amount : f.unit === "gib" ? mul(amount, gbPerGib) : div(amount, gbPerGib);
      if (item === "egress") return { amount: into, unit: f.unit };
      if (f.period === "at_once") return { amount: div(mul(mul(into, w.runs), w.seconds), HOUR), unit: f.unit };
      return { amount: mul(into, number(plan.month)), unit: f.unit };
    }
    return null;
  }

  /* How much of what is kept or sent, in the unit of its price. */
  function stored(item, inGb, hours, plan, w, gbPerGib) {
    const gib = { storage: w.disk, snapshot_storage: w.snapshot, egress: w.egress }[item];
    const amount = inGb ? mul(gib, gbPerGib) : gib;
    return item === "storage" ? mul(amount, hours) : item === "egress" ? amount : mul(amount, number(plan.month));
  }

  function usage(item, plan, w, gbPerGib) {
    const price = pick(item, plan, w, gbPerGib);
    const free = freeOf(item, price, plan, w, gbPerGib);
    const per = price ? price.per : free ? free.unit : "";
    const isActive = price !== null && price.billed_on === "active";
    const sleeps = plan.sleeps.includes(item) && !isActive;
    // Begun increments are billed whole, but not of the time that the CPU is used.
    const increment = isActive || sleeps ? null : plan.increments[item] || null;
    const whole = increment ? mul(ceil(div(w.seconds, number(increment))), number(increment)) : w.seconds;
    const seconds = isActive || sleeps ? w.active : whole;
    const sessions = plan.limits.session_max === undefined ? null : ceil(div(w.seconds, number(plan.limits.session_max)));
    const hours = div(mul(w.runs, seconds), HOUR);
    const line = { step: STEPS[item], item, price, per, increment, quantity: null, free: null, usd: null, list: null, why: null };
    const bought = buys(plan, w, gbPerGib);
    if (item === "vcpu") line.quantity = mul(isActive ? w.vcpu : bought, hours);
    else if (item === "memory") {
      const gb = plan.ratio === null ? need(w, gbPerGib) : mul(bought, number(plan.ratio));
      line.quantity = mul(per.startsWith("gb") ? gb : div(gb, gbPerGib), hours);
    }
    else if (STORED.includes(item)) line.quantity = stored(item, per.startsWith("gb"), hours, plan, w, gbPerGib);
    else if (item === "creation") line.quantity = div(mul(w.runs, sessions || number("1")), MILLION);
    else if (item !== "session") line.quantity = hours;
    else if (sessions) line.quantity = mul(w.runs, sessions);
    if (plan.included[item]) {
      line.usd = line.list = ZERO;
      line.why = "not charged apart from " + plan.included[item];
      return line;
    }
    const holds = plan.session_holds;
    const held = holds !== null && !less(number(holds.vcpu), w.vcpu) && !less(number(holds.memory_gb), need(w, gbPerGib));
    const spans = ["vcpu", "memory", "gpu", "instance"].includes(item) && less(w.seconds, mul(ceil(div(w.seconds, HOUR)), HOUR));
    if (item === "session" && !held) line.why = "no page states what a session holds";
    else if (line.quantity === null) line.why = "no page states how long a session lasts";
    else if (spans && price && !price.by_second && !increment && !isActive && !sleeps)
      line.why = "no page states the smallest span that is billed";
    if (line.why !== null) {
      line.quantity = null;
      return line;
    }
    if (free) line.free = free.amount;
    const each = price ? rate(item, price, plan, w, gbPerGib) : null;
    if (price) line.list = round(mul(line.quantity, each), 6);
    if (line.free && !less(line.free, line.quantity)) {
      line.usd = ZERO;
      line.list = line.list || ZERO;
    } else if (price) line.usd = round(mul(sub(line.quantity, line.free || ZERO), each), 6);
    else if (line.free) line.why = "beyond it no price is stated";
    else {
      line.why = "no price is stated";
      if (item === "gpu") line.why += " for " + w.gpu;
      if (item === "instance") line.why += ", or no size is known to hold the need";
      line.why += { storage: " for disk", snapshot_storage: " for snapshots", egress: " for egress" }[item] || "";
    }
    return line;
  }

  function allowed(name, most, plan, w, gbPerGib) {
    const vcpu = buys(plan, w, gbPerGib);
    const asked = { session_max: w.seconds, concurrent: w.concurrent, vcpu_max: vcpu, memory_max: need(w, gbPerGib), disk_max: mul(w.disk, gbPerGib) }[name];
    if (!less(number(most), asked)) return null;
    const turns = name === "session_max";
    const shown = turns ? text(div(number(most), HOUR), 3) + " hours: several sandboxes in turn" : text(number(most), 3);
    const what = { session_max: "", concurrent: " at once", vcpu_max: " vCPU", memory_max: " GB of memory", disk_max: " GB of disk" };
    const why = "the plan allows at most " + shown + what[name];
    return { step: STEPS.limit, item: name, usd: turns ? ZERO : null, list: null, why };
  }

  /* The lines and sums of one plan. `need`: {runs, concurrent, seconds, active_seconds, vcpu, memory_gib, gpu, disk_gib,
   * snapshot_gib, egress_gib}, numbers as decimal text or whole numbers. usd null: it cannot be priced, and `unpriced` says why. */
  function cost(plan, asked, gb) {
    const gbPerGib = number(gb);
    const w = {
      runs: number(asked.runs), concurrent: number(asked.concurrent), seconds: number(asked.seconds),
      active: number(asked.active_seconds), vcpu: number(asked.vcpu), memory: number(asked.memory_gib), gpu: asked.gpu || null,
      disk: number(asked.disk_gib || "0"), snapshot: number(asked.snapshot_gib || "0"), egress: number(asked.egress_gib || "0"),
    };
    const items = Object.keys(STEPS).filter((i) => STEPS[i] >= 2 && STEPS[i] <= 10 && applies(i, plan, w));
    const used = items.map((i) => usage(i, plan, w, gbPerGib));
    const fee = plan.fee === null ? null : number(plan.fee.usd);
    const lines = [{ step: 1, item: "plan_fee", usd: fee, list: null, why: feeSays(plan, fee) }, ...used];
    const spent = used.reduce((sum, l) => (l.usd === null ? sum : add(sum, l.usd)), ZERO);
    if (used.length)
      for (const c of plan.credits) {
        const off = c.period === "month" ? mul(least(number(c.usd), spent), number("-1")) : ZERO;
        const why = "$" + c.usd + (c.period === "month" ? " of usage free a month" : " given " + c.period + ": not deducted");
        lines.push({ step: STEPS.credit, item: "credit", usd: off, list: null, why });
      }
    if (used.length && plan.fee_is_credit && fee !== null && less(ZERO, fee) && !plan.credits.some((c) => c.period === "month")) {
      const off = mul(least(fee, spent), number("-1"));
      lines.push({ step: STEPS.fee_credit, item: "fee_credit", usd: off, list: null, why: "the fee is credit for usage" });
    }
    for (const name of Object.keys(plan.limits)) {
      const line = allowed(name, plan.limits[name], plan, w, gbPerGib);
      if (line) lines.push(line);
    }
    const missing = lines.filter((l) => l.usd === null && l.item !== "plan_fee");
    const priced = missing.length === 0 && used.length > 0;
    return {
      vendor: plan.vendor, product: plan.product, plan: plan.plan, lines,
      usd: priced ? lines.reduce((sum, l) => (l.usd === null ? sum : add(sum, l.usd)), ZERO) : null,
      unpriced: [...new Set(missing.map((l) => l.why))].join("; ") || (used.length ? "" : "nothing of it is charged by this product"),
    };
  }

  function feeSays(plan, fee) {
    if (fee === null) return "fee: not stated";
    const said = less(ZERO, fee) ? "base fee of a month" : "no base fee";
    return plan.fee.because ? said + ' ["' + plan.fee.because + '"]' : said;
  }

  /* Every plan, the cheapest first; what cannot be priced comes last. */
  function costs(tariffs, need) {
    const made = tariffs.plans.map((p) => cost(p, need, tariffs.gb_per_gib));
    const name = (c) => c.vendor + "/" + c.product + "/" + c.plan;
    const open = new Set(tariffs.plans.filter((p) => p.fee_open).map(name)); // not known in full: after those that are
    return made.sort((a, b) => {
      if (a.usd === null || b.usd === null) return (a.usd === null) - (b.usd === null) || (name(a) < name(b) ? -1 : 1);
      if (open.has(name(a)) !== open.has(name(b))) return open.has(name(a)) ? 1 : -1;
      return less(a.usd, b.usd) ? -1 : less(b.usd, a.usd) ? 1 : name(a) < name(b) ? -1 : 1;
    });
  }

  const api = { number, add, sub, mul, div, less, round, text, cost, costs };
  globalThis.sandsnapCosts = api;
  if (typeof module === "object" && module.exports) module.exports = api;
})();
