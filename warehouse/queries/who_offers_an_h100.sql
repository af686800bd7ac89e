-- Who offers an H100, and for how much an hour?
SELECT vendor, product, plan, sku, region, usd_per_hour, computed_from, source_url, verified_on
FROM prices_per_hour
WHERE meter = 'gpu' AND starts_with(sku, 'h100')
ORDER BY usd_per_hour;
