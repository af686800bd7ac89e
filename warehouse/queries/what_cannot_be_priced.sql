-- Which offers can we not price, and why?
SELECT workload, vendor, product, plan, unpriced
FROM workload_costs
WHERE usd IS NULL
ORDER BY ALL;
