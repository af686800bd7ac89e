-- The buyer's table: one row per product, one column per thing that decides, in one unit. Null: no page states it today;
-- the column of the same name with _why says what it rests on, or that nothing does.
CREATE OR REPLACE MACRO compare_on(on_day) AS TABLE
WITH o AS MATERIALIZED (SELECT DISTINCT vendor, product FROM store.offers(on_day)),
e AS MATERIALIZED (FROM store.fees(on_day)),
-- Self-serve plans from the cheapest: what is sold on request only comes last.
s AS (SELECT *, row_number() OVER (PARTITION BY vendor, product ORDER BY coalesce(kind, '') = 'custom' OR plan IN ('enterprise', 'custom'), plan <> 'any', usd NULLS LAST, plan) AS place FROM e),
p AS MATERIALIZED (
    SELECT r.*, coalesce(s.place, 0) AS place FROM prices_per_hour_on(on_day) r
    LEFT JOIN s USING (vendor, product, plan) WHERE offer = 'list' AND r.state <> 'ended'
),
c AS (
    SELECT vendor, product,
           arg_min(usd_per_hour, (place, usd_per_hour)) FILTER (meter IN ('vcpu', 'core')) AS vcpu_usd,
           arg_min(concat(plan, ': ', computed_from, ', ', coalesce(billed_on, 'how billed not stated'), '; ', store.said(quote, basis, source_url)), (place, usd_per_hour)) FILTER (meter IN ('vcpu', 'core')) AS vcpu_why,
           arg_min(coalesce(billed_on, 'not stated'), (place, usd_per_hour)) FILTER (meter IN ('vcpu', 'core')) AS vcpu_billed,
           arg_min(usd_per_gib_hour, (place, usd_per_gib_hour)) FILTER (meter = 'memory') AS gib_usd,
           arg_min(concat(plan, ': ', computed_from, '; ', store.said(quote, basis, source_url)), (place, usd_per_gib_hour)) FILTER (meter = 'memory') AS gib_why,
           min(usd_per_hour) FILTER (meter = 'gpu' AND (sku = 'h100' OR starts_with(sku, 'h100-'))) AS h100,
           arg_min(concat(computed_from, '; ', store.said(quote, basis, source_url)), usd_per_hour) FILTER (meter = 'gpu' AND (sku = 'h100' OR starts_with(sku, 'h100-'))) AS h100_why
    FROM p GROUP BY ALL
),
l AS MATERIALIZED (
    SELECT l.*, coalesce(e.usd = 0 OR e.kind = 'free', l.plan = 'any') AS free, coalesce(e.usd > 0 OR e.kind = 'paid', l.plan = 'any') AS paid, e.usd AS fee,
           round((amount * CASE unit WHEN 'gib' THEN 1 WHEN 'gb' THEN 1 / 1.073741824 WHEN 'count' THEN 1 ELSE store.hours(unit) END)::DOUBLE, 3) AS figure
    FROM limits_on(on_day) l LEFT JOIN e USING (vendor, product, plan)
    WHERE (l.plan = 'any' OR e.plan IS NOT NULL) AND l.state <> 'ended' -- a trial is no plan
),
m AS (
    SELECT vendor, product,
           arg_min(figure, (plan = 'any', plan)) FILTER ("limit" = 'session_max' AND free) AS session_free,
           arg_min(figure, (plan = 'any', fee, plan)) FILTER ("limit" = 'session_max' AND paid) AS session_paid,
           bool_or(amount IS NULL) FILTER ("limit" = 'session_max') AS session_unlimited,
           arg_min(figure, (plan = 'any', plan)) FILTER ("limit" = 'concurrent' AND free) AS concurrent_free,
           arg_min(figure, (plan = 'any', fee, plan)) FILTER ("limit" = 'concurrent' AND paid) AS concurrent_paid,
           max(figure) FILTER ("limit" = 'vcpu_max') AS vcpu_max, max(figure) FILTER ("limit" = 'memory_max') AS memory_max,
           string_agg("limit" || ' (' || plan || '): ' || store.said(quote, basis, source_url), chr(10) ORDER BY "limit", plan)
               FILTER ("limit" IN ('session_max', 'concurrent', 'vcpu_max', 'memory_max')) AS why
    FROM l GROUP BY ALL
),
a AS (
    SELECT vendor, product, max(amount) FILTER (period = 'once') AS once, min(amount) FILTER (period = 'month') AS month,
           string_agg(plan || ': ' || store.said(w.quote, w.basis, w.source_url), chr(10) ORDER BY plan) AS why
    FROM allowances_on(on_day) w LEFT JOIN e USING (vendor, product, plan)
    WHERE allowance = 'credit' AND unit = 'usd' AND amount > 0 AND w.state <> 'ended'
      AND NOT coalesce(e.usd > 0 OR e.kind IN ('paid', 'custom'), false) -- what comes with a fee is not free
    GROUP BY ALL
),
k AS (
    SELECT vendor, product, min(coalesce(low_ms, high_ms)) AS ms, string_agg(store.said(quote, basis, source_url), chr(10)) AS why
    FROM cold_starts_on(on_day) WHERE operation = 'create' AND statistic = 'typical' GROUP BY ALL
),
n AS (
    SELECT vendor, product, arg_min(measured_ms, publisher) AS ms,
           string_agg(concat(publisher, ' ', benchmark, ', median of ', runs, ' runs one at a time on ', measured_on, ', ', round(100 * success, 1), ' % succeeded ', measured_url), chr(10) ORDER BY publisher) AS why
    FROM claims_beside_measurements_on(on_day) WHERE mode = 'sequential' AND measured_ms IS NOT NULL GROUP BY ALL
),
i AS (
    SELECT vendor, product, any_value(dedicated_kernel) AS own_kernel, any_value(technology) AS technology, string_agg(store.said(quote, basis, source_url), chr(10)) AS why
    FROM isolation_on(on_day) WHERE runtime = 'default' GROUP BY ALL
),
g AS (SELECT vendor, product, list(model ORDER BY model) FILTER (status = 'available' AND model <> 'none') AS models,
             string_agg(model || ' ' || status || ': ' || store.said(quote, basis, source_url), chr(10) ORDER BY model) AS why
      FROM gpus_on(on_day) GROUP BY ALL),
h AS (SELECT vendor, product, bool_or(status IN ('supported', 'beta')) AS hosted, string_agg(offering || ' ' || status || ': ' || store.said(quote, basis, source_url), chr(10) ORDER BY offering) AS why
      FROM self_hosting_on(on_day) WHERE offering IN ('core', 'byoc') AND status IS NOT NULL GROUP BY ALL),
d AS (SELECT vendor, product, list(interface ORDER BY interface) AS sdks,
             string_agg(interface || ': ' || store.said(quote, basis, source_url), chr(10) ORDER BY interface) AS why
      FROM sdks_on(on_day) WHERE official AND interface NOT IN ('cli', 'rest', 'mcp') GROUP BY ALL),
r AS (SELECT vendor, product, count(*) AS regions,
             string_agg(region || ': ' || store.said(quote, basis, source_url), chr(10) ORDER BY region) AS why
      FROM regions_on(on_day) WHERE status = 'available' GROUP BY ALL),
t AS (SELECT vendor, product, max(retention_days) AS days,
             CASE WHEN bool_or(indefinite) THEN true WHEN count(retention_days) > 0 THEN false END AS forever,
             string_agg(mechanism || ': ' || store.said(quote, basis, source_url), chr(10) ORDER BY mechanism) AS why
      FROM persistence_on(on_day) GROUP BY ALL)
SELECT o.vendor, o.product,
       vcpu_usd AS usd_per_vcpu_hour, coalesce(vcpu_why, 'no price per vCPU is stated') AS usd_per_vcpu_hour_why, vcpu_billed AS billed_on,
       gib_usd AS usd_per_gib_hour, coalesce(gib_why, 'no price per GiB of memory is stated') AS usd_per_gib_hour_why,
       k.ms AS cold_start_ms, coalesce(k.why, 'no typical figure for a new sandbox is stated') AS cold_start_ms_why,
       n.ms AS measured_start_ms, coalesce(n.why, 'nobody whose measurements we take measures it') AS measured_start_ms_why,
       session_free AS session_hours_free, session_paid AS session_hours_paid, session_unlimited,
       concurrent_free, concurrent_paid, vcpu_max, memory_max AS memory_max_gib, coalesce(m.why, 'no limit is stated') AS limits_why,
       a.once AS credit_once_usd, a.month AS credit_month_usd, coalesce(a.why, 'no credit is stated') AS credit_why,
       g.models AS gpus, coalesce(g.why, 'not stated') AS gpus_why, h100 AS h100_usd_per_hour, coalesce(h100_why, 'no price of an H100 is stated') AS h100_usd_per_hour_why,
       i.own_kernel, i.technology, coalesce(i.why, 'not stated') AS own_kernel_why,
       h.hosted AS self_hostable, coalesce(h.why, 'not stated') AS self_hostable_why,
       d.sdks, coalesce(d.why, 'not stated') AS sdks_why, r.regions, coalesce(r.why, 'not stated') AS regions_why,
       t.days AS kept_days, t.forever AS kept_indefinitely, coalesce(t.why, 'not stated') AS kept_why
FROM o LEFT JOIN c USING (vendor, product) LEFT JOIN m USING (vendor, product) LEFT JOIN a USING (vendor, product)
LEFT JOIN k USING (vendor, product) LEFT JOIN i USING (vendor, product) LEFT JOIN g USING (vendor, product)
LEFT JOIN h USING (vendor, product) LEFT JOIN d USING (vendor, product) LEFT JOIN r USING (vendor, product)
LEFT JOIN t USING (vendor, product) LEFT JOIN n USING (vendor, product);

CREATE OR REPLACE VIEW compare AS FROM compare_on(DATE '9999-12-31');
