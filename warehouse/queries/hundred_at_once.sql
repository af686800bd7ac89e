-- Which plans allow 100 sandboxes at once for a working day, and what do they cost?
SELECT vendor, product, plan, usd, fee_usd, fee FROM workload_costs WHERE workload = 'hundred_for_a_day' AND usd IS NOT NULL ORDER BY usd;
