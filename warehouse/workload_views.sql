-- What the reference workloads of workloads.toml cost: each is taken as all that an account runs in one month.

-- (As JSON: one constant takes a quarter of the bytes that as many take in a catalog.)
CREATE OR REPLACE VIEW workloads AS
SELECT unnest(from_json($workloads, '[{"workload": "VARCHAR", "title": "VARCHAR", "runs": "INTEGER", "concurrent": "INTEGER",
    "seconds": "INTEGER", "active_seconds": "INTEGER", "vcpu": "INTEGER", "memory_gib": "INTEGER", "gpu": "VARCHAR"}]'), recursive := true);

CREATE OR REPLACE VIEW workload_assumptions AS
SELECT unnest(from_json($assumptions, '[{"kind": "VARCHAR", "vendor": "VARCHAR", "product": "VARCHAR", "plan": "VARCHAR",
    "sku": "VARCHAR", "vcpu": "INTEGER", "memory_gb": "INTEGER", "because": "VARCHAR", "source_url": "VARCHAR", "seconds": "INTEGER"}]'), recursive := true);

-- The products with their plans. `any` (what is stated for all plans) is an offer of its own where no plan is named, or
-- where it alone has named sizes or sessions. Trials are no plans.
CREATE OR REPLACE MACRO store.offers(on_day) AS TABLE
WITH s AS (
    SELECT vendor, product, plan, meter IN ('instance', 'session') AS whole FROM prices_on(on_day) WHERE offer = 'list'
    UNION ALL SELECT vendor, product, plan, false FROM allowances_on(on_day)
    UNION ALL SELECT vendor, product, 'any', NULL FROM isolation_on(on_day)
)
SELECT DISTINCT vendor, product, plan FROM s
WHERE plan <> 'free_trial'
  AND (plan <> 'any' OR whole OR (vendor, product) NOT IN (SELECT (vendor, product) FROM s WHERE plan NOT IN ('any', 'free_trial')));

-- The arithmetic, one row per line. step orders the lines; usd null: it could not be priced, and text says why.
-- p, f, l: the prices, allowances and limits that hold in each plan; n: what each workload needs of each, with the
-- price and the allowance of the plan before those for all; q: how much of it, in the unit of the price.
CREATE OR REPLACE MACRO workload_lines_on(on_day) AS TABLE
WITH w AS MATERIALIZED (FROM workloads), a AS MATERIALIZED (FROM workload_assumptions),
o AS MATERIALIZED (FROM store.offers(on_day)),
p AS MATERIALIZED (
    SELECT p.* REPLACE (o.plan AS plan), p.plan AS stated_plan, replace(meter, 'core', 'vcpu') AS item,
           CASE WHEN unit = 'month' THEN usd ELSE coalesce(usd_per_hour, usd) END AS rate, a.vcpu AS size_vcpu, a.memory_gb AS size_gb
    FROM o JOIN prices_per_hour_on(on_day) p USING (vendor, product)
    LEFT JOIN a ON (a.kind, a.vendor, a.product, a.sku) = ('size', p.vendor, p.product, p.sku)
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
m AS (
    SELECT o.*, CASE WHEN bool_or(item = 'session') THEN 'session'
                     WHEN bool_or(item IN ('vcpu', 'memory')) THEN 'resources' ELSE 'instance' END AS mode
    FROM o LEFT JOIN (SELECT vendor, product, plan, item FROM p UNION ALL SELECT vendor, product, plan, item FROM f)
    USING (vendor, product, plan) GROUP BY ALL
),
n AS (
    SELECT w.*, m.vendor, m.product, m.plan, i.item, i.step, coalesce(per, f.unit) AS per, rate, p.sku, billed_on, computed_from,
           f.amount / CASE f.unit WHEN 'count' THEN 1000000 ELSE 1 END AS free, a.kind IS NOT NULL AS included, most,
           b.seconds AS increment,
           runs::BIGINT * CASE WHEN billed_on = 'active' THEN w.active_seconds ELSE coalesce(ceil(w.seconds / b.seconds) * b.seconds, w.seconds) END / 3600 AS hours
    FROM w CROSS JOIN m
    JOIN (VALUES ('vcpu', 2), ('memory', 3), ('gpu', 4), ('instance', 5), ('session', 6), ('creation', 7)) i(item, step)
      ON CASE item WHEN 'gpu' THEN w.gpu IS NOT NULL WHEN 'creation' THEN w.gpu IS NULL
                   WHEN 'vcpu' THEN mode = 'resources' AND w.vcpu > 0
                   WHEN 'memory' THEN mode = 'resources' AND w.memory_gib > 0
                   ELSE mode = item AND w.gpu IS NULL END
    LEFT JOIN p ON (p.vendor, p.product, p.plan, p.item) = (m.vendor, m.product, m.plan, i.item)
               AND (i.item <> 'gpu' OR p.sku = w.gpu OR starts_with(p.sku, w.gpu || '-')) -- an L4 is no L40S
               AND (i.item <> 'instance' OR (size_vcpu >= w.vcpu AND size_gb >= memory_gib * 1.073741824))
    LEFT JOIN f ON (f.vendor, f.product, f.plan, f.item, f.period) = (m.vendor, m.product, m.plan, i.item, 'month')
               AND (per IS NULL OR f.unit IN (per || '_hour', 'count'))
    LEFT JOIN l ON (l.vendor, l.product, l.plan, l."limit") = (m.vendor, m.product, m.plan, 'session_max')
    LEFT JOIN a b ON (b.vendor, b.product, b.kind, b.sku) = (m.vendor, m.product, 'increment', i.item)
    LEFT JOIN a ON (a.vendor, a.product, a.kind, i.item) = (m.vendor, m.product, 'cpu_included', 'vcpu')
    WHERE i.item <> 'creation' OR coalesce(rate, f.amount) IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY workload, m.vendor, m.product, m.plan, i.item
                               ORDER BY stated_plan = 'any', p.region <> '-', rate) = 1
),
q AS (
    SELECT *, CASE item WHEN 'vcpu' THEN vcpu * hours
                        WHEN 'memory' THEN memory_gib * hours * CASE WHEN per LIKE 'gb%' THEN 1.073741824 ELSE 1 END
                        WHEN 'session' THEN runs * ceil(seconds / 3600 / most)
                        WHEN 'creation' THEN runs * coalesce(ceil(seconds / 3600 / most), 1) / 1000000 ELSE hours END AS quantity
    FROM n
),
u AS MATERIALIZED (
    SELECT workload, vendor, product, plan, step, item,
           CASE WHEN included OR free >= quantity THEN 0 ELSE ((quantity - coalesce(free, 0)) * rate)::DECIMAL(18,6) END AS usd,
           CASE WHEN included THEN 0 ELSE (quantity * rate)::DECIMAL(18,6) END AS list_usd,
           CASE WHEN included THEN 'not charged apart from memory'
                WHEN quantity IS NULL THEN 'no page states how long a session lasts'
                WHEN coalesce(rate, free) IS NULL THEN 'no price is stated'
                     || CASE item WHEN 'gpu' THEN ' for ' || gpu WHEN 'instance' THEN ', or no size is known to hold the need' ELSE '' END
                ELSE concat(quantity::DECIMAL(18,6)::DOUBLE,
                     CASE item WHEN 'vcpu' THEN ' vCPU-hours' WHEN 'memory' THEN CASE WHEN per LIKE 'gb%' THEN ' GB-hours (a GiB is 1.073741824)' ELSE ' GiB-hours' END
                               WHEN 'session' THEN ' sessions, begun ones whole (what one holds is not stated)'
                               WHEN 'creation' THEN ' million creations' ELSE ' hours of ' || sku END,
                     CASE WHEN increment IS NOT NULL AND billed_on IS DISTINCT FROM 'active' THEN ', begun ' || increment || ' s whole' END,
                     CASE WHEN step > 3 THEN '' ELSE ', ' || coalesce(replace(billed_on, '_', ' '), 'provisioned (the page does not say what counts)') END,
                     ' - ' || CASE WHEN free > 0 THEN least(free, quantity) END::DECIMAL(18,6)::DOUBLE || ' free a month', ' x $$' || rate::DOUBLE || ' (' || computed_from || ')',
                     CASE WHEN rate IS NULL AND free < quantity THEN '; beyond it no price is stated' END) END AS text
    FROM q
)
FROM u
UNION ALL
SELECT workload, o.*, 1, 'plan_fee', CASE WHEN rate > 0 THEN rate WHEN o.plan = 'any' OR because <> '' THEN 0 END, NULL,
       CASE WHEN rate > 0 THEN 'base fee of a month' WHEN o.plan = 'any' THEN 'stated for all plans: no base fee'
            ELSE coalesce('no base fee: ' || because, 'no base fee is stated for this plan') END
FROM w CROSS JOIN o
LEFT JOIN p ON (p.vendor, p.product, p.plan, p.item, stated_plan) = (o.vendor, o.product, o.plan, 'plan_fee', o.plan)
LEFT JOIN a ON (a.vendor, a.product, a.plan, a.kind) = (o.vendor, o.product, o.plan, 'no_fee')
UNION ALL
SELECT workload, vendor, product, plan, 8, 'credit', CASE period WHEN 'month' THEN -least(f.amount, coalesce(sum(u.usd), 0)) ELSE 0 END, NULL,
       concat('$$', f.amount::DOUBLE, CASE period WHEN 'month' THEN ' of usage free a month' ELSE ' given ' || period || ': not deducted' END)
FROM u JOIN f USING (vendor, product, plan) WHERE f.item = 'credit' GROUP BY workload, vendor, product, plan, period, f.amount
UNION ALL
SELECT workload, vendor, product, plan, 9, "limit", CASE "limit" WHEN 'session_max' THEN 0 END, NULL,
       concat('the plan allows at most ', most::DECIMAL(18,3)::DOUBLE, CASE "limit" WHEN 'session_max' THEN ' hours: several sandboxes in turn'
                      WHEN 'concurrent' THEN ' at once' WHEN 'memory_max' THEN ' GB of memory' ELSE ' vCPU' END)
FROM w JOIN l ON most < CASE "limit" WHEN 'session_max' THEN seconds / 3600 WHEN 'concurrent' THEN concurrent
                                     WHEN 'memory_max' THEN memory_gib * 1.073741824 ELSE vcpu END;

-- Per workload and plan: what is paid in a month that holds only it. usage_usd is the usage at list prices, without
-- fee and allowances. Null is "cannot be priced", and `unpriced` says why; a zero is computed from what is stated.
CREATE OR REPLACE MACRO workload_costs_on(on_day) AS TABLE
SELECT workload, vendor, product, plan,
       CASE WHEN bool_and(usd IS NOT NULL) AND bool_or(step BETWEEN 2 AND 7) THEN sum(usd)::DECIMAL(18,6) END AS usd,
       CASE WHEN bool_and(list_usd IS NOT NULL) FILTER (step BETWEEN 2 AND 7) THEN sum(list_usd)::DECIMAL(18,6) END AS usage_usd,
       max(usd) FILTER (item = 'plan_fee')::DECIMAL(18,6) AS fee_usd,
       sum(usd) FILTER (item = 'credit')::DECIMAL(18,6) AS credit_usd,
       coalesce(nullif(concat_ws('; ', string_agg(text, '; ' ORDER BY step) FILTER (usd IS NULL)), ''),
                CASE WHEN NOT bool_or(step BETWEEN 2 AND 7) THEN 'nothing of it is charged by this product' END) AS unpriced,
       string_agg(item || ': ' || text || coalesce(' = $$' || usd::DOUBLE, ' = not priced'), chr(10) ORDER BY step, item) AS arithmetic
FROM workload_lines_on(on_day) GROUP BY ALL;

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
