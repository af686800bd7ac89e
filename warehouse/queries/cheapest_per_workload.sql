-- Where does each workload cost least, with the fee, and what does it rest on?
SELECT workload, vendor, product, plan, usd, fee, basis, verified_on FROM workload_costs
WHERE usd IS NOT NULL AND cheapest ORDER BY workload, usd;
