-- What is the cheapest offer for each reference workload, and what is it made of?
SELECT workload, vendor, product, plan, usd, arithmetic
FROM workload_costs
WHERE cheapest
QUALIFY row_number() OVER (PARTITION BY workload ORDER BY usd, usage_usd, vendor, plan) <= 3
ORDER BY workload, usd, usage_usd;
