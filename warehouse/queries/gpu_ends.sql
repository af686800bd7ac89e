-- Which GPUs end, and which have ended?
SELECT vendor, product, model, status, ends_on, quote, source_url
FROM gpus
WHERE status IN ('ending', 'ended')
ORDER BY ends_on NULLS LAST, vendor, model;
