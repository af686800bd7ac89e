-- What cannot be priced, and why?
SELECT vendor, product, plan, workload, unpriced FROM workload_costs WHERE usd IS NULL ORDER BY ALL;
