-- What is each plan's free allowance worth at the vendor's own prices?
SELECT vendor, product, plan, allowance, period, amount, unit, usd, computed_from
FROM allowances_in_dollars
ORDER BY usd DESC NULLS LAST, vendor, plan, allowance;
