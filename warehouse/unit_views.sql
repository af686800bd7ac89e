-- Figures in one unit, so that nobody has to convert them again. A month has the hours that the vendor's pages state, else
-- 730; a core is two vCPU. GiB is not GB:
-- `per` says which it is; usd_per_gib_hour is a price per GB times 1.073741824 (times 1 where the vendor's gigabyte of memory
-- is 1024 MB), and null for what is no memory or disk.

-- What a value rests on, as people cite it: its sentence and page, or that another publisher's figure or a person's
-- judgement is all there is.
CREATE OR REPLACE MACRO store.said(quote, basis, source_url) AS
coalesce('"' || quote || '"', CASE basis WHEN 'second_hand' THEN 'second-hand, no sentence of the page' ELSE 'judged, no sentence' END) || ' ' || source_url;

-- Prices per hour and per month; null for what is not charged by time (per GB, session or million), and computed_from
-- says so.
CREATE OR REPLACE MACRO prices_per_hour_on(on_day) AS TABLE
SELECT vendor, product, plan, meter, sku, region, offer, per,
       (usd / cores / hours)::DECIMAL(18,9) AS usd_per_hour,
       CASE WHEN unit LIKE '%month' THEN usd ELSE (usd / cores / hours * month)::DECIMAL(18,9) END AS usd_per_month,
       (usd / hours * CASE per WHEN 'gib' THEN 1 WHEN 'gb' THEN gib END)::DECIMAL(18,9) AS usd_per_gib_hour,
       billed_on,
       '$$' || store.plain(usd) || ' per ' || unit
       || CASE WHEN hours IS NULL THEN ', which is not by time'
               WHEN unit LIKE '%second' THEN ' x 3600' WHEN unit LIKE '%month' THEN ' / ' || store.plain(month) || ' hours' ELSE '' END
       || CASE cores WHEN 2 THEN ' / 2 vCPU of a core' ELSE '' END
       || CASE WHEN per = 'gb' AND hours > 0 THEN CASE gib WHEN 1 THEN '; their GB is a GiB' ELSE '; GiB: x 1.073741824' END ELSE '' END
       || CASE state WHEN 'held' THEN '; held: a newer figure waits for a person' ELSE '' END AS computed_from,
       usd, unit, source_url, quote, verified_on, basis, state
FROM (SELECT p.*, CASE WHEN unit LIKE 'core%' THEN 2 ELSE 1 END AS cores, coalesce(b.month, 730) AS month,
             CASE WHEN meter = 'memory' AND b.gigabyte THEN 1 ELSE 1.073741824 END AS gib,
             CASE WHEN unit LIKE '%month' THEN coalesce(b.month, 730) ELSE store.hours(unit) END AS hours,
             CASE unit WHEN 'month' THEN meter ELSE split_part(replace(unit, 'core', 'vcpu'), '_', 1) END AS per
      FROM prices_on(on_day) p
      LEFT JOIN (SELECT vendor, product, max(amount) FILTER (rule = 'month') AS month,
                        coalesce(bool_or(rule = 'gigabyte' AND meter = 'memory' AND amount = 1024 AND unit = 'mb'), false) AS gigabyte
                 FROM billing_rules_on(on_day) GROUP BY ALL) b
        USING (vendor, product));

-- Limits of time in minutes. has_limit false: the page states that there is none. What no page states has no row.
CREATE OR REPLACE MACRO limits_in_minutes_on(on_day) AS TABLE
SELECT vendor, product, plan, "limit", amount IS NOT NULL AS has_limit,
       (amount * store.hours(unit) * 60)::DECIMAL(18,3) AS minutes,
       (amount_max * store.hours(unit) * 60)::DECIMAL(18,3) AS minutes_max,
       coalesce(store.plain(amount) || ' ' || unit || ' x ' || store.plain((store.hours(unit) * 60)::DECIMAL(18,9)),
                'stated to have no limit') AS computed_from,
       source_url, quote, verified_on, state
FROM limits_on(on_day) WHERE unit IN ('second', 'minute', 'hour', 'day');

-- What an allowance would cost at the vendor's own rate, in the same plan or the one for all; null where no rate exists.
CREATE OR REPLACE MACRO allowances_in_dollars_on(on_day) AS TABLE
SELECT a.vendor, a.product, a.plan, a.allowance, a.period, a.amount, a.unit,
       CASE a.unit WHEN 'usd' THEN a.amount ELSE (a.amount * rate)::DECIMAL(18,9) END AS usd,
       CASE WHEN a.unit = 'usd' THEN 'stated in dollars'
            WHEN rate IS NULL THEN 'no rate is stated for ' || a.allowance || ' per ' || a.unit || ' in this plan'
            ELSE store.plain(a.amount) || ' ' || a.unit || ' x ' || p.computed_from END AS computed_from,
       a.source_url, a.quote, a.verified_on, a.state
FROM allowances_on(on_day) a
LEFT JOIN (SELECT *, CASE WHEN meter = 'creation' THEN usd / 1000000 WHEN meter = 'egress' THEN usd
                          WHEN unit LIKE '%month' AND meter <> 'memory' THEN usd ELSE usd_per_hour END AS rate,
                  CASE WHEN meter = 'creation' THEN 'count' WHEN unit LIKE '%month' OR usd_per_hour IS NULL THEN per
                       ELSE per || '_hour' END AS counts
           FROM prices_per_hour_on(on_day) WHERE sku = '-' AND region = '-' AND offer = 'list') p
  ON p.vendor = a.vendor AND p.product = a.product AND p.plan IN (a.plan, 'any') AND p.counts = a.unit
 AND p.meter IN (CASE a.allowance WHEN 'vcpu_time' THEN 'vcpu' WHEN 'memory_time' THEN 'memory'
                                  WHEN 'storage_time' THEN 'storage' WHEN 'transfer' THEN 'egress'
                                  WHEN 'creations' THEN 'creation' ELSE a.allowance END,
                 CASE a.allowance WHEN 'vcpu_time' THEN 'core' END)
QUALIFY row_number() OVER (PARTITION BY a.vendor, a.product, a.plan, a.allowance, a.period
                           ORDER BY p.plan IS NULL, p.plan = 'any', p.meter) = 1;

CREATE OR REPLACE VIEW prices_per_hour AS FROM prices_per_hour_on(DATE '9999-12-31');
CREATE OR REPLACE VIEW limits_in_minutes AS FROM limits_in_minutes_on(DATE '9999-12-31');
CREATE OR REPLACE VIEW allowances_in_dollars AS FROM allowances_in_dollars_on(DATE '9999-12-31');
