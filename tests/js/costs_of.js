// Reads {tariffs, needs} as JSON from standard input, prints what cost_rules.js makes of each need in each plan.
const fs = require("fs");
const rules = require(process.argv[2]);
const { tariffs, needs } = JSON.parse(fs.readFileSync(0, "utf8"));
const six = (a) => (a === null ? null : rules.text(a, 6, true));
process.stdout.write(JSON.stringify(needs.map((need) => rules.costs(tariffs, need).map((c) => ({
  vendor: c.vendor, product: c.product, plan: c.plan, usd: six(c.usd), unpriced: c.unpriced,
  lines: c.lines.map((l) => ({ step: l.step, item: l.item, usd: six(l.usd), list: six(l.list), why: l.why })),
})))));
