-- What the reference workloads of workloads.toml cost: each is taken as all that an account runs in one month.

-- (As JSON: one constant takes a quarter of the bytes that as many take in a catalog.)
CREATE OR REPLACE VIEW workloads AS
SELECT unnest(from_json($workloads, '[{"workload": "VARCHAR", "title": "VARCHAR", "runs": "INTEGER", "concurrent": "INTEGER",
    "seconds": "INTEGER", "active_seconds": "INTEGER", "vcpu": "INTEGER", "memory_gib": "INTEGER", "gpu": "VARCHAR"}]'), recursive := true);

-- The products with their plans. `any` (what is stated for all plans) is an offer of its own where no plan is named, or
-- where it alone has named sizes or sessions. Trials are no plans.
CREATE OR REPLACE MACRO store.offers(on_day) AS TABLE
WITH s AS (
    SELECT vendor, product, plan, meter IN ('instance', 'session') AS whole FROM prices_on(on_day) WHERE offer = 'list'
    UNION ALL SELECT vendor, product, plan, false FROM allowances_on(on_day)
    UNION ALL SELECT vendor, product, plan, NULL FROM plans_on(on_day) WHERE kind IS DISTINCT FROM 'trial'
    UNION ALL SELECT vendor, product, 'any', NULL FROM isolation_on(on_day)
), named AS (SELECT DISTINCT vendor, product FROM plans_on(on_day))
SELECT DISTINCT vendor, product, plan FROM s
WHERE plan <> 'free_trial'
  AND (plan <> 'any' OR (whole AND (vendor, product) NOT IN (FROM named))
       OR (vendor, product) NOT IN (SELECT (vendor, product) FROM s WHERE plan NOT IN ('any', 'free_trial')));

-- The rules of a bill, for each plan and what it charges: the plan's own before one for all, and likewise the meter's.
-- amount: seconds of an increment, GB of memory for each vCPU, vCPU of a step.
CREATE OR REPLACE MACRO store.bill_rules(on_day) AS TABLE
SELECT o.vendor, o.product, o.plan, i.item, b.rule, b.applies,
       (b.amount * CASE b.unit WHEN 'minute' THEN 60 WHEN 'hour' THEN 3600 WHEN 'gib' THEN 1.073741824 ELSE 1 END)::DOUBLE AS amount,
       b.quote, b.basis, b.verified_on, b.state
FROM store.offers(on_day) o JOIN billing_rules_on(on_day) b USING (vendor, product)
JOIN (VALUES ('vcpu'), ('memory'), ('gpu'), ('instance'), ('session'), ('creation'), ('plan_fee')) i(item)
  ON replace(b.meter, 'core', 'vcpu') IN (i.item, 'any')
WHERE b.plan IN (o.plan, 'any')
QUALIFY row_number() OVER (PARTITION BY o.vendor, o.product, o.plan, i.item, b.rule ORDER BY b.plan = 'any', b.meter = 'any') = 1;

-- The fee of each plan: what `plans` says, else a price of it. Null: no page states it.
CREATE OR REPLACE MACRO store.fees(on_day) AS TABLE
SELECT o.vendor, o.product, o.plan, coalesce(n.usd_per_month, f.usd) AS usd,
       CASE WHEN n.usd_per_month IS NULL THEN f.quote ELSE n.quote END AS quote,
       CASE WHEN n.usd_per_month IS NULL THEN f.basis ELSE n.basis END AS basis,
       CASE WHEN n.usd_per_month IS NULL THEN f.verified_on ELSE n.verified_on END AS verified_on,
       CASE WHEN n.usd_per_month IS NULL THEN f.state ELSE n.state END AS state,
       coalesce(n.kind, CASE WHEN coalesce(n.usd_per_month, f.usd) = 0 THEN 'free' END) AS kind
FROM store.offers(on_day) o LEFT JOIN plans_on(on_day) n USING (vendor, product, plan)
LEFT JOIN (FROM prices_on(on_day) WHERE meter = 'plan_fee' AND offer = 'list' AND sku = '-' AND unit = 'month') f
    USING (vendor, product, plan)
QUALIFY row_number() OVER (PARTITION BY o.vendor, o.product, o.plan ORDER BY f.usd) = 1;

-- The named sizes in GB; a size without a name (-) is what every sandbox or session of the product holds.
CREATE OR REPLACE MACRO store.sizes_gb(on_day) AS TABLE
SELECT vendor, product, sku, vcpu,
       memory * CASE memory_unit WHEN 'gib' THEN 1.073741824 WHEN 'mb' THEN 0.001 WHEN 'mib' THEN 0.001048576 ELSE 1 END AS gb,
       quote, basis, verified_on, state
FROM sizes_on(on_day) WHERE vcpu IS NOT NULL AND memory IS NOT NULL;

-- The arithmetic, one row per line. step orders the lines; usd null: it could not be priced, and text says why (a fee that
-- no page states is null too, and priced without). p, f, l, g: the prices, allowances, limits and rules that hold in each
-- plan; n: what each workload needs of each, with the price and the allowance of the plan before those for all; q: how
-- much of it, in the unit of the price.
CREATE OR REPLACE MACRO workload_lines_on(on_day) AS TABLE
WITH w AS MATERIALIZED (FROM workloads), o AS MATERIALIZED (FROM store.offers(on_day)),
z AS MATERIALIZED (FROM store.sizes_gb(on_day)),
p AS MATERIALIZED (
    SELECT p.* REPLACE (o.plan AS plan), p.plan AS stated_plan, replace(meter, 'core', 'vcpu') AS item,
           CASE WHEN p.unit = 'month' THEN p.usd ELSE coalesce(usd_per_hour, p.usd) END AS rate, z.vcpu AS size_vcpu, z.gb AS size_gb,
           max(CASE WHEN meter = 'memory' AND per IN ('gb', 'gib')
                    THEN usd_per_hour / CASE per WHEN 'gib' THEN 1.073741824 ELSE 1 END END)
               OVER (PARTITION BY p.vendor, p.product, o.plan, p.region) AS gb_rate
    FROM o JOIN prices_per_hour_on(on_day) p USING (vendor, product)
    LEFT JOIN z ON (z.vendor, z.product, z.sku) = (p.vendor, p.product, p.sku)
    WHERE p.plan IN (o.plan, 'any') AND p.offer = 'list'
),
f AS MATERIALIZED (
    SELECT f.* REPLACE (o.plan AS plan), CASE allowance WHEN 'creations' THEN 'creation' ELSE replace(allowance, '_time', '') END AS item
    FROM o JOIN allowances_on(on_day) f USING (vendor, product)
    WHERE f.plan IN (o.plan, 'any') AND (period = 'month' OR allowance = 'credit')
    QUALIFY row_number() OVER (PARTITION BY vendor, product, o.plan, allowance, period ORDER BY f.plan = 'any') = 1
),
l AS MATERIALIZED (
    -- More at once than the amount needs an add-on, whose fee is not counted here: so not up to amount_max.
    SELECT vendor, product, o.plan, "limit", CASE "limit" WHEN 'concurrent' THEN amount ELSE coalesce(amount_max, amount) END
           * CASE unit WHEN 'gib' THEN 1.073741824 ELSE coalesce(store.hours(unit), 1) END AS most
    FROM o JOIN limits_on(on_day) l USING (vendor, product)
    WHERE l.plan IN (o.plan, 'any') AND "limit" IN ('session_max', 'concurrent', 'vcpu_max', 'memory_max')
    QUALIFY row_number() OVER (PARTITION BY vendor, product, o.plan, "limit" ORDER BY l.plan = 'any') = 1
),
g AS MATERIALIZED (
    SELECT vendor, product, plan, item, max(amount) FILTER (rule = 'increment' AND applies) AS increment,
           coalesce(bool_or(rule IN ('standby_billed', 'idle_billed') AND NOT applies), false) AS sleeps,
           coalesce(bool_or(rule = 'included_with' AND applies), false) AS included,
           string_agg(rule || ': "' || quote || '"', '; ' ORDER BY rule) AS said, min(verified_on) AS verified_on,
           max(list_position(['read', 'quoted', 'judged', 'second_hand'], basis)) AS weak, list(DISTINCT state) AS states
    FROM store.bill_rules(on_day)
    WHERE rule IN ('increment', 'standby_billed', 'idle_billed', 'included_with', 'memory_per_vcpu', 'vcpu_step')
    GROUP BY ALL
),
h AS MATERIALIZED (
    SELECT vendor, product, plan, max(amount) FILTER (rule = 'memory_per_vcpu') AS ratio, max(amount) FILTER (rule = 'vcpu_step') AS step_of
    FROM store.bill_rules(on_day) WHERE applies GROUP BY ALL
),
-- What can be bought where memory comes with vCPU: one vCPU, or a whole number of steps, that hold the need.
x AS MATERIALIZED (
    SELECT workload, o.vendor, o.product, o.plan, ratio,
           CASE WHEN ratio IS NULL THEN w.vcpu WHEN greatest(w.vcpu, memory_gib * 1.073741824 / ratio) <= 1 THEN 1
                ELSE ceil(greatest(w.vcpu, memory_gib * 1.073741824 / ratio) / coalesce(step_of, 1)) * coalesce(step_of, 1) END AS buys
    FROM w CROSS JOIN o LEFT JOIN h USING (vendor, product, plan)
),
m AS (
    SELECT o.*, CASE WHEN bool_or(item = 'session') THEN 'session' WHEN bool_or(item = 'vcpu') THEN 'resources'
                     WHEN bool_or(item = 'instance') THEN 'instance' WHEN bool_or(item = 'memory') THEN 'resources' ELSE 'instance' END AS mode
    FROM o LEFT JOIN (SELECT vendor, product, plan, item FROM p UNION ALL SELECT vendor, product, plan, item FROM f
                      UNION ALL SELECT vendor, product, plan, item FROM g WHERE included AND item = 'vcpu')
    USING (vendor, product, plan) GROUP BY ALL
),
n AS (
    SELECT w.*, m.vendor, m.product, m.plan, i.item, i.step, coalesce(per, f.unit) AS per, p.sku, billed_on, computed_from,
           rate + CASE i.item WHEN 'instance' THEN greatest(0, memory_gib * 1.073741824 - size_gb) * coalesce(gb_rate, 0) ELSE 0 END AS rate,
           f.amount / CASE f.unit WHEN 'count' THEN 1000000 ELSE 1 END AS free, coalesce(g.included, false) AND i.item = 'vcpu' AS included, most,
           x.buys, x.ratio, g.said, increment, size_gb, size_vcpu, coalesce(sleeps, false) AND billed_on IS DISTINCT FROM 'active' AS sleeps,
           p.quote, least(p.verified_on, f.verified_on, g.verified_on) AS verified_on,
           greatest(list_position(['read', 'quoted', 'judged', 'second_hand'], p.basis),
                    list_position(['read', 'quoted', 'judged', 'second_hand'], f.basis), g.weak) AS weak,
           list_distinct(list_concat(coalesce(g.states, []), list_filter([p.state, f.state], lambda s: s IS NOT NULL))) AS states,
           -- The smallest span that is billed: a rule says it, or the price is by the second; not asked of whole hours.
           increment IS NULL AND rate IS NOT NULL AND p.unit NOT LIKE '%second' AND billed_on IS DISTINCT FROM 'active' AND NOT coalesce(sleeps, false)
               AND i.item IN ('vcpu', 'memory', 'gpu', 'instance') AND w.seconds % 3600 <> 0 AS unknown_span
    FROM w CROSS JOIN m
    JOIN (VALUES ('vcpu', 2), ('memory', 3), ('gpu', 4), ('instance', 5), ('session', 6), ('creation', 7)) i(item, step)
      ON CASE item WHEN 'gpu' THEN w.gpu IS NOT NULL WHEN 'creation' THEN w.gpu IS NULL
                   WHEN 'vcpu' THEN mode = 'resources' AND w.vcpu > 0
                   WHEN 'memory' THEN mode = 'resources' AND w.memory_gib > 0
                   ELSE mode = item AND w.gpu IS NULL END
    JOIN x ON (x.workload, x.vendor, x.product, x.plan) = (w.workload, m.vendor, m.product, m.plan)
    LEFT JOIN p ON (p.vendor, p.product, p.plan, p.item) = (m.vendor, m.product, m.plan, i.item)
               AND (i.item <> 'gpu' OR p.sku = w.gpu OR starts_with(p.sku, w.gpu || '-')) -- an L4 is no L40S
               AND (i.item <> 'instance' OR (size_vcpu >= w.vcpu AND (size_gb >= memory_gib * 1.073741824 OR gb_rate IS NOT NULL)))
               AND (i.item NOT IN ('vcpu', 'memory') OR p.sku = '-')
    LEFT JOIN f ON (f.vendor, f.product, f.plan, f.item, f.period) = (m.vendor, m.product, m.plan, i.item, 'month')
               AND (per IS NULL OR f.unit IN (per || '_hour', 'count'))
    LEFT JOIN l ON (l.vendor, l.product, l.plan, l."limit") = (m.vendor, m.product, m.plan, 'session_max')
    LEFT JOIN g ON (g.vendor, g.product, g.plan, g.item) = (m.vendor, m.product, m.plan, i.item)
    WHERE i.item <> 'creation' OR coalesce(rate, f.amount) IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY w.workload, m.vendor, m.product, m.plan, i.item
                               ORDER BY stated_plan = 'any', p.region <> '-', rate + CASE i.item WHEN 'instance' THEN greatest(0, memory_gib * 1.073741824 - size_gb) * coalesce(gb_rate, 0) ELSE 0 END) = 1
),
q AS (
    SELECT *, runs::BIGINT * CASE WHEN billed_on = 'active' OR sleeps THEN active_seconds
                                  ELSE coalesce(ceil(seconds / increment) * increment, seconds) END / 3600 AS hours,
           CASE item WHEN 'vcpu' THEN CASE WHEN billed_on = 'active' THEN vcpu ELSE buys END * hours
                     WHEN 'memory' THEN CASE WHEN ratio IS NOT NULL THEN buys * ratio / CASE WHEN per LIKE 'gb%' THEN 1 ELSE 1.073741824 END
                                             ELSE memory_gib * CASE WHEN per LIKE 'gb%' THEN 1.073741824 ELSE 1 END END * hours
                     WHEN 'session' THEN runs * ceil(seconds / 3600 / most)
                     WHEN 'creation' THEN runs * coalesce(ceil(seconds / 3600 / most), 1) / 1000000 ELSE hours END AS amount,
           CASE WHEN item = 'session' AND NOT coalesce(has_vcpu >= vcpu AND has_gb >= memory_gib * 1.073741824, false)
                    THEN 'no page states what a session holds'
                WHEN item = 'session' AND most IS NULL THEN 'no page states how long a session lasts'
                WHEN unknown_span AND NOT included THEN 'no page states the smallest span that is billed' END AS unknown,
           CASE WHEN unknown IS NULL THEN amount END AS quantity
    FROM n LEFT JOIN (SELECT vendor, product, vcpu AS has_vcpu, gb AS has_gb FROM z WHERE sku = '-') USING (vendor, product)
),
u AS MATERIALIZED (
    SELECT workload, vendor, product, plan, step, item,
           CASE WHEN included OR free >= quantity THEN 0 ELSE ((quantity - coalesce(free, 0)) * rate)::DECIMAL(18,6) END AS usd,
           CASE WHEN included OR (rate IS NULL AND free >= quantity) THEN 0 ELSE (quantity * rate)::DECIMAL(18,6) END AS list_usd,
           concat(CASE WHEN included THEN 'not charged apart from memory' WHEN unknown IS NOT NULL THEN unknown
                WHEN coalesce(rate, free) IS NULL THEN 'no price is stated'
                     || CASE item WHEN 'gpu' THEN ' for ' || gpu WHEN 'instance' THEN ', or no size is known to hold the need' ELSE '' END
                ELSE concat(store.plain(quantity::DECIMAL(18,6)),
                     CASE item WHEN 'vcpu' THEN ' vCPU-hours' WHEN 'memory' THEN CASE WHEN per LIKE 'gb%' THEN ' GB-hours (a GiB is 1.073741824)' ELSE ' GiB-hours' END
                               WHEN 'session' THEN ' sessions, begun ones whole' WHEN 'creation' THEN ' million creations' ELSE ' hours of ' || sku END,
                     CASE WHEN item = 'memory' AND ratio IS NOT NULL THEN ' of ' || store.plain((buys * ratio)::DECIMAL(18,3)) || ' GB that come with ' || store.plain(buys::DECIMAL(18,3)) || ' vCPU, the least to be bought' END,
                     CASE WHEN item = 'instance' AND size_gb < memory_gib * 1.073741824 THEN ' with ' || store.plain((memory_gib * 1.073741824 - size_gb)::DECIMAL(18,6)) || ' GB more memory' END,
                     CASE WHEN sleeps THEN ', the active time alone' WHEN increment > 1 AND billed_on IS DISTINCT FROM 'active' THEN ', begun ' || store.plain(increment::DECIMAL(18,3)) || ' s whole' END,
                     CASE WHEN step > 3 THEN '' ELSE ', ' || coalesce(replace(billed_on, '_', ' '), 'provisioned (the page does not say what counts)') END,
                     ' - ' || store.plain(CASE WHEN free > 0 THEN least(free, quantity) END::DECIMAL(18,6)) || ' free a month', ' x $$' || store.plain(rate::DECIMAL(18,9)) || ' (' || computed_from || ')',
                     CASE WHEN rate IS NULL AND free < quantity THEN '; beyond it no price is stated' END) END,
                CASE WHEN unknown IS NULL THEN ' [' || nullif(concat_ws('; ', 'price: "' || quote || '"', said), '') || ']' END) AS text,
           weak, verified_on, states
    FROM q
)
FROM u
UNION ALL
SELECT workload, vendor, product, plan, 1, 'plan_fee', usd::DECIMAL(18,6), NULL,
       CASE WHEN usd > 0 THEN 'base fee of a month' WHEN usd = 0 THEN 'no base fee' ELSE 'fee: not stated' END || coalesce(' ["' || quote || '"]', ''),
       list_position(['read', 'quoted', 'judged', 'second_hand'], basis), verified_on, CASE WHEN state IS NOT NULL THEN [state] ELSE [] END
FROM w CROSS JOIN store.fees(on_day)
UNION ALL
SELECT workload, vendor, product, plan, 8, 'credit', CASE period WHEN 'month' THEN -least(f.amount, coalesce(sum(u.usd), 0)) ELSE 0 END, NULL,
       concat('$$', store.plain(f.amount), CASE period WHEN 'month' THEN ' of usage free a month' ELSE ' given ' || period || ': not deducted' END,
              ' ["' || any_value(f.quote) || '"]'),
       max(list_position(['read', 'quoted', 'judged', 'second_hand'], f.basis)), min(f.verified_on), list(DISTINCT f.state)
FROM u JOIN f USING (vendor, product, plan) WHERE f.item = 'credit' GROUP BY workload, vendor, product, plan, period, f.amount
UNION ALL
SELECT workload, vendor, product, plan, 8, 'fee_credit', -least(any_value(e.usd), coalesce(sum(u.usd), 0))::DECIMAL(18,6), NULL,
       'the fee is credit for usage ["' || any_value(b.quote) || '"]',
       max(list_position(['read', 'quoted', 'judged', 'second_hand'], b.basis)), min(b.verified_on), list(DISTINCT b.state)
FROM u JOIN store.fees(on_day) e USING (vendor, product, plan)
JOIN (FROM store.bill_rules(on_day) WHERE rule = 'credit_from_fee' AND applies AND item = 'plan_fee') b USING (vendor, product, plan)
WHERE e.usd > 0 AND (vendor, product, plan) NOT IN (SELECT (vendor, product, plan) FROM f WHERE item = 'credit' AND period = 'month')
GROUP BY workload, vendor, product, plan
UNION ALL
SELECT workload, vendor, product, plan, 9, "limit", CASE "limit" WHEN 'session_max' THEN 0 END, NULL,
       concat('the plan allows at most ', store.plain(most::DECIMAL(18,3)), CASE "limit" WHEN 'session_max' THEN ' hours: several sandboxes in turn'
                      WHEN 'concurrent' THEN ' at once' WHEN 'memory_max' THEN ' GB of memory' ELSE ' vCPU' END), NULL, NULL, []
FROM w JOIN x USING (workload) JOIN l USING (vendor, product, plan)
WHERE most < CASE "limit" WHEN 'session_max' THEN seconds / 3600 WHEN 'concurrent' THEN concurrent
                          WHEN 'memory_max' THEN memory_gib * 1.073741824 ELSE buys END;

-- Per workload and plan: what is paid in a month that holds only it, as usage + fee - allowance - credit. Null usd is
-- "cannot be priced", and `unpriced` says why; fee_usd null: no page states the fee, and usd is without. What is given
-- once stands beside (once_credit_usd). cheapest: of the product's plans that the workload may run on.
CREATE OR REPLACE MACRO workload_costs_on(on_day) AS TABLE
SELECT * EXCLUDE (whole), whole AS usd, coalesce(whole = min(whole) OVER (PARTITION BY workload, vendor, product), false) AS cheapest
FROM (
    SELECT workload, vendor, product, plan,
           CASE WHEN bool_and(usd IS NOT NULL OR item = 'plan_fee') AND bool_or(step BETWEEN 2 AND 7) THEN sum(usd)::DECIMAL(18,6) END AS whole,
           CASE WHEN bool_and(list_usd IS NOT NULL) FILTER (step BETWEEN 2 AND 7) THEN sum(list_usd)::DECIMAL(18,6) END AS usage_usd,
           max(usd) FILTER (item = 'plan_fee')::DECIMAL(18,6) AS fee_usd,
           CASE WHEN bool_and(usd IS NOT NULL) FILTER (step BETWEEN 2 AND 7) THEN sum(list_usd - usd) FILTER (step BETWEEN 2 AND 7)::DECIMAL(18,6) END AS allowance_usd,
           coalesce(-sum(usd) FILTER (step = 8), 0)::DECIMAL(18,6) AS credit_usd,
           CASE WHEN max(usd) FILTER (item = 'plan_fee') IS NULL THEN 'not stated' ELSE 'stated' END AS fee,
           coalesce(nullif(concat_ws('; ', string_agg(text, '; ' ORDER BY step) FILTER (usd IS NULL AND item <> 'plan_fee')), ''),
                    CASE WHEN NOT bool_or(step BETWEEN 2 AND 7) THEN 'nothing of it is charged by this product' END) AS unpriced,
           ['read', 'quoted', 'judged', 'second_hand'][max(weak)] AS basis, min(verified_on) AS verified_on,
           nullif(array_to_string(list_sort(list_distinct(flatten(list(states)))), ', '), '') AS states,
           string_agg(item || ': ' || text || coalesce(' = $$' || store.plain(usd::DECIMAL(18,6)), ' = not priced'), chr(10) ORDER BY step, item) AS arithmetic
    FROM workload_lines_on(on_day) GROUP BY ALL
);

CREATE OR REPLACE VIEW workload_lines AS FROM workload_lines_on(DATE '9999-12-31');
CREATE OR REPLACE VIEW workload_costs AS FROM workload_costs_on(DATE '9999-12-31');

-- Pairs of products whose order by cost (each in its cheapest plan) flipped between two days, and what the vendors
-- changed in between. Only what could be priced on both days is compared.
CREATE OR REPLACE MACRO rank_changes("from", "to") AS TABLE
WITH a AS MATERIALIZED (
    SELECT workload, vendor, product, min(usd) AS usd FROM workload_costs_on("from") WHERE usd IS NOT NULL GROUP BY ALL
), b AS MATERIALIZED (
    SELECT workload, vendor, product, min(usd) AS usd FROM workload_costs_on("to") WHERE usd IS NOT NULL GROUP BY ALL
), c AS MATERIALIZED (
    SELECT vendor, product, string_agg(day || ' ' || "table" || ' ' || key || ' ' || field || ': ' || coalesce("before", 'none')
           || ' -> ' || coalesce("after", 'none'), chr(10) ORDER BY day) AS changed
    FROM (SELECT DISTINCT vendor, product, day, "table", key, field, "before", "after" FROM changes("from", "to")
          WHERE "table" IN ('prices', 'allowances') OR key LIKE '% / concurrent') GROUP BY ALL
)
SELECT workload, x.vendor || '/' || x.product AS was_cheaper, y.vendor || '/' || y.product AS is_cheaper,
       x.usd AS was_cheaper_before, y.usd AS is_cheaper_before, x2.usd AS was_cheaper_after, y2.usd AS is_cheaper_after,
       coalesce(nullif(concat_ws(chr(10), cx.changed, cy.changed), ''),
                'no change by a vendor: a page was read for the first time, or a reading corrected') AS because
FROM a x JOIN a y USING (workload)
JOIN b x2 ON x2.workload = x.workload AND x2.vendor = x.vendor AND x2.product = x.product
JOIN b y2 ON y2.workload = y.workload AND y2.vendor = y.vendor AND y2.product = y.product
LEFT JOIN c cx ON cx.vendor = x.vendor AND cx.product = x.product
LEFT JOIN c cy ON cy.vendor = y.vendor AND cy.product = y.product
WHERE x.usd < y.usd AND x2.usd > y2.usd
ORDER BY ALL;
