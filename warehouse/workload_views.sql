-- What the reference workloads of workloads.toml cost: each is taken as all that an account runs in one month.

-- (As JSON: one constant takes a quarter of the bytes that as many take in a catalog.)
CREATE OR REPLACE VIEW workloads AS
SELECT unnest(from_json($workloads, '[{"workload": "VARCHAR", "title": "VARCHAR", "runs": "INTEGER", "concurrent": "INTEGER",
    "seconds": "INTEGER", "active_seconds": "INTEGER", "vcpu": "INTEGER", "memory_gib": "INTEGER", "gpu": "VARCHAR", "disk_gib": "INTEGER",
    "snapshot_gib": "INTEGER", "egress_gib": "INTEGER"}]'), recursive := true);

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

-- The arithmetic, one row per line. step orders the lines; usd null: it could not be priced, and text says why (a fee that
-- no page states is null too, and priced without).
CREATE OR REPLACE MACRO workload_lines_on(on_day) AS TABLE
SELECT workload, vendor, product, plan, n.step, n.item, n.usd, n.list_usd, n."text"
FROM (SELECT *, unnest(lines) AS n FROM store.costs
      WHERE valid_from <= store.day(on_day, TIMESTAMP '9999-12-31') AND (valid_to IS NULL OR valid_to > store.day(on_day, TIMESTAMP '9999-12-31')));

-- Per workload and plan: what is paid in a month that holds only it, as usage + fee - allowance - credit. Null usd is
-- "cannot be priced", and `unpriced` says why; fee_usd null: no page states the fee, and usd is without. What is given
-- once stands beside (once_credit_usd). cheapest: of the product's plans that the workload may run on
-- and whose cost is known in full. basis, verified_on and states: the weakest and oldest of the facts it rests on, and
-- all of theirs.
CREATE OR REPLACE MACRO workload_costs_on(on_day) AS TABLE
WITH c AS MATERIALIZED (
    FROM store.costs
    WHERE valid_from <= store.day(on_day, TIMESTAMP '9999-12-31') AND (valid_to IS NULL OR valid_to > store.day(on_day, TIMESTAMP '9999-12-31'))
), r AS (
    SELECT workload, vendor, product, plan, max(list_position(['read', 'quoted', 'judged', 'second_hand'], basis)) AS weak,
           min(verified_on) AS verified_on, array_to_string(list_sort(list(DISTINCT state)), ', ') AS states
    FROM (SELECT workload, vendor, product, plan, unnest(rests_on) AS fact FROM c)
    JOIN (SELECT fact, basis, verified_on, state FROM store.as_known(NULL, on_day, TIMESTAMP '9999-12-31')) USING (fact)
    GROUP BY ALL
)
SELECT workload, vendor, product, plan, usage_usd, fee_usd, allowance_usd, credit_usd, once_credit_usd,
       CASE WHEN fee_usd IS NULL THEN 'not stated' ELSE 'stated' END AS fee, unpriced,
       ['read', 'quoted', 'judged', 'second_hand'][weak] AS basis, verified_on, states,
       array_to_string(list_transform(lines, lambda n: n.item || ': ' || n."text" || coalesce(' = $$' || store.plain(n.usd), ' = not priced')), chr(10)) AS arithmetic,
       usd, coalesce(NOT fee_open AND usd = min(usd) FILTER (NOT fee_open) OVER (PARTITION BY workload, vendor, product), false) AS cheapest
FROM c LEFT JOIN r USING (workload, vendor, product, plan);

-- What each workload cost over the years: one row per plan and spell of days in which nothing of it differed.
CREATE OR REPLACE VIEW workload_cost_history AS
SELECT workload, vendor, product, plan, valid_from, valid_to, usd, usage_usd, fee_usd, allowance_usd, credit_usd, once_credit_usd, unpriced
FROM store.costs;

CREATE OR REPLACE VIEW workload_lines AS FROM workload_lines_on(DATE '9999-12-31');
CREATE OR REPLACE VIEW workload_costs AS FROM workload_costs_on(DATE '9999-12-31');

-- Pairs of products whose order by cost (each in its cheapest plan) flipped between two days, and what the vendors
-- changed in between. Only what could be priced on both days is compared.
CREATE OR REPLACE MACRO rank_changes("from", "to") AS TABLE
WITH a AS MATERIALIZED (
    SELECT DISTINCT workload, vendor, product, usd FROM workload_costs_on("from") WHERE cheapest
), b AS MATERIALIZED (
    SELECT DISTINCT workload, vendor, product, usd FROM workload_costs_on("to") WHERE cheapest
), c AS MATERIALIZED (
    SELECT vendor, product, string_agg(day || ' ' || "table" || ' ' || key || ' ' || field || ': ' || coalesce("before", 'none')
           || ' -> ' || coalesce("after", 'none'), chr(10) ORDER BY day) AS changed
    FROM (SELECT DISTINCT vendor, product, day, "table", key, field, "before", "after" FROM steps("from", "to")
          WHERE kind <> 'coverage' AND ("table" IN ('prices', 'allowances') OR key LIKE '% / concurrent')) GROUP BY ALL
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
