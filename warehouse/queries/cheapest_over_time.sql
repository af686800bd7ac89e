-- Who was the cheapest for 100 sandboxes on a working day, and since when?
SELECT valid_from, valid_to, vendor, product, plan, usd, fee_usd FROM workload_cost_history
WHERE workload = 'hundred_for_a_day' AND usd IS NOT NULL
ORDER BY valid_from, usd;
