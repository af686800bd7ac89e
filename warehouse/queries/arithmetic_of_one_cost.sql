-- How is the cost of 100 E2B sandboxes for a working day made up, line by line?
SELECT plan, step, item, usd, text
FROM workload_lines
WHERE workload = 'hundred_for_a_day' AND vendor = 'e2b'
ORDER BY plan, step, item;
