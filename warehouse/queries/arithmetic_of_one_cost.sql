-- How is the lowest cost of 100 sandboxes for a working day made up, line by line?
WITH lowest AS (
    SELECT vendor FROM workload_costs WHERE workload = 'hundred_for_a_day' AND usd IS NOT NULL ORDER BY usd, vendor LIMIT 1
)
SELECT vendor, plan, step, item, usd, text
FROM workload_lines
WHERE workload = 'hundred_for_a_day' AND vendor = (SELECT vendor FROM lowest)
ORDER BY plan, step, item;
