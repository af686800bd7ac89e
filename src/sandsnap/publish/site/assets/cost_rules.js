/* What a workload costs in a plan, from the tariffs that cost_data.py exports. The same rules as workload_lines_on in
 * warehouse/workload_views.sql, line by line (tests run both); exact fractions of BigInt, no floating point.
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
  const STEPS = { plan_fee: 1, vcpu: 2, memory: 3, gpu: 4, instance: 5, session: 6, creation: 7, credit: 8, limit: 9 };

  function applies(item, plan, w) {
    if (item === "gpu") return w.gpu !== null;
    if (item === "creation") return w.gpu === null && Boolean(plan.prices.creation || plan.free.creation);
    if (item === "vcpu") return plan.mode === "resources" && less(ZERO, w.vcpu);
    if (item === "memory") return plan.mode === "resources" && less(ZERO, w.memory);
    return plan.mode === item && w.gpu === null;
  }

  function fits(item, price, w, gbPerGib) {
    if (item === "gpu") return price.sku === w.gpu || price.sku.startsWith(w.gpu + "-"); // an L4 is no L40S
    if (item !== "instance") return true;
    if (price.vcpu === undefined) return false;
    return !less(number(price.vcpu), w.vcpu) && !less(number(price.memory_gb), mul(w.memory, gbPerGib));
  }

  function usage(item, plan, w, gbPerGib) {
    const price = (plan.prices[item] || []).find((p) => fits(item, p, w, gbPerGib)) || null;
    let free = plan.free[item] || null;
    if (free && price && free.unit !== price.per + "_hour" && free.unit !== "count") free = null;
    const per = price ? price.per : free ? free.unit : "";
    // Begun increments are billed whole, but not of the time that the CPU is used.
    const isActive = price !== null && price.billed_on === "active";
    const increment = isActive ? null : plan.increments[item] || null;
    const whole = increment ? mul(ceil(div(w.seconds, number(increment))), number(increment)) : w.seconds;
    const seconds = isActive ? w.active : whole;
    const sessions = plan.limits.session_max === undefined ? null : ceil(div(w.seconds, number(plan.limits.session_max)));
    const hours = div(mul(w.runs, seconds), HOUR);
    const line = { step: STEPS[item], item, price, per, increment, quantity: null, free: null, usd: null, list: null, why: null };
    if (item === "vcpu") line.quantity = mul(w.vcpu, hours);
    else if (item === "memory") line.quantity = mul(mul(w.memory, hours), per.startsWith("gb") ? gbPerGib : number("1"));
    else if (item === "creation") line.quantity = div(mul(w.runs, sessions || number("1")), MILLION);
    else if (item !== "session") line.quantity = hours;
    else if (sessions) line.quantity = mul(w.runs, sessions);
    if (item === "vcpu" && plan.included !== null) {
      line.usd = line.list = ZERO;
      line.why = "not charged apart from memory";
      return line;
    }
    if (line.quantity === null) {
      line.why = "no page states how long a session lasts";
      return line;
    }
    if (free) line.free = free.unit === "count" ? div(number(free.amount), MILLION) : number(free.amount);
    if (price) line.list = round(mul(line.quantity, number(price.rate)), 6);
    if (line.free && !less(line.free, line.quantity)) line.usd = ZERO;
    else if (price) line.usd = round(mul(sub(line.quantity, line.free || ZERO), number(price.rate)), 6);
    else if (line.free) line.why = "beyond it no price is stated";
    else {
      line.why = "no price is stated";
      if (item === "gpu") line.why += " for " + w.gpu;
      if (item === "instance") line.why += ", or no size is known to hold the need";
    }
    return line;
  }

  function allowed(name, most, w, gbPerGib) {
    const memory = mul(w.memory, gbPerGib);
    const need = { session_max: w.seconds, concurrent: w.concurrent, vcpu_max: w.vcpu, memory_max: memory }[name];
    if (!less(number(most), need)) return null;
    const turns = name === "session_max";
    const shown = turns ? text(div(number(most), HOUR), 3) + " hours: several sandboxes in turn" : text(number(most), 3);
    const what = { session_max: "", concurrent: " at once", vcpu_max: " vCPU", memory_max: " GB of memory" };
    const why = "the plan allows at most " + shown + what[name];
    return { step: STEPS.limit, item: name, usd: turns ? ZERO : null, list: null, why };
  }

  /* The lines and sums of one plan. `need`: {runs, concurrent, seconds, active_seconds, vcpu, memory_gib, gpu}, numbers
   * as decimal text or whole numbers. usd null: it cannot be priced, and `unpriced` says why. */
  function cost(plan, need, gb) {
    const gbPerGib = number(gb);
    const w = {
      runs: number(need.runs), concurrent: number(need.concurrent), seconds: number(need.seconds),
      active: number(need.active_seconds), vcpu: number(need.vcpu), memory: number(need.memory_gib), gpu: need.gpu || null,
    };
    const items = Object.keys(STEPS).filter((i) => STEPS[i] >= 2 && STEPS[i] <= 7 && applies(i, plan, w));
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
    for (const name of Object.keys(plan.limits)) {
      const line = allowed(name, plan.limits[name], w, gbPerGib);
      if (line) lines.push(line);
    }
    const missing = lines.filter((l) => l.usd === null);
    const priced = missing.length === 0 && used.length > 0;
    return {
      vendor: plan.vendor, product: plan.product, plan: plan.plan, lines,
      usd: priced ? lines.reduce((sum, l) => add(sum, l.usd), ZERO) : null,
      unpriced: missing.map((l) => l.why).join("; ") || (used.length ? "" : "nothing of it is charged by this product"),
    };
  }

  function feeSays(plan, fee) {
    if (fee === null) return "no base fee is stated for this plan";
    if (less(ZERO, fee)) return "base fee of a month";
    if (plan.plan === "any" && plan.fee.because === null) return "stated for all plans: no base fee";
    return "no base fee: " + plan.fee.because;
  }

  /* Every plan, the cheapest first; what cannot be priced comes last. */
  function costs(tariffs, need) {
    const made = tariffs.plans.map((p) => cost(p, need, tariffs.gb_per_gib));
    const name = (c) => c.vendor + "/" + c.product + "/" + c.plan;
    return made.sort((a, b) => {
      if (a.usd === null || b.usd === null) return (a.usd === null) - (b.usd === null) || (name(a) < name(b) ? -1 : 1);
      return less(a.usd, b.usd) ? -1 : less(b.usd, a.usd) ? 1 : name(a) < name(b) ? -1 : 1;
    });
  }

  const api = { number, add, sub, mul, div, less, round, text, cost, costs };
  globalThis.sandsnapCosts = api;
  if (typeof module === "object" && module.exports) module.exports = api;
})();
