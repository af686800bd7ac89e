-- What does a vCPU, and a GiB of memory, cost an hour? What is priced per GB is shown per GiB too.
SELECT vendor, product, plan, meter, region, offer, per, usd_per_hour, usd_per_gib_hour, billed_on, computed_from
FROM prices_per_hour
WHERE meter IN ('vcpu', 'core', 'memory')
ORDER BY meter = 'memory', coalesce(usd_per_gib_hour, usd_per_hour), vendor, plan;
