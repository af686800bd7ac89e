-- Who claims to start or resume the fastest?
SELECT vendor, product, operation, statistic, low_ms, high_ms, claimed_by, quote
FROM cold_starts
ORDER BY operation, high_ms NULLS LAST, vendor;
