-- Which plans cost nothing, what do vendors call them, and what do they give?
SELECT v.name AS vendor, p.name AS product, l.name AS plan, l.kind, l.usd_per_month, a.allowance, a.amount, a.unit, a.period
FROM plans l JOIN products p USING (vendor, product) JOIN vendors v USING (vendor)
LEFT JOIN allowances a USING (vendor, product, plan)
WHERE l.kind = 'free' OR l.usd_per_month = 0
ORDER BY ALL;
