-- Who was the cheapest for 100 sandboxes on a working day, at the turn of each of the last quarters?
-- (A macro takes one day; write the days you want, or ask an export's history/workload_costs for all of them.)
WITH costs AS (
    SELECT DATE '2025-10-01' AS day, * FROM workload_costs_on(DATE '2025-10-01')
    UNION ALL SELECT DATE '2026-01-01', * FROM workload_costs_on(DATE '2026-01-01')
    UNION ALL SELECT DATE '2026-04-01', * FROM workload_costs_on(DATE '2026-04-01')
    UNION ALL SELECT DATE '2026-07-01', * FROM workload_costs_on(DATE '2026-07-01')
    UNION ALL SELECT DATE '2026-10-09', * FROM workload_costs_on(DATE '2026-10-09')
)
SELECT day, vendor, product, plan, usd
FROM costs
WHERE workload = 'hundred_for_a_day' AND usd IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY day ORDER BY usd, vendor, plan) = 1
ORDER BY day;
