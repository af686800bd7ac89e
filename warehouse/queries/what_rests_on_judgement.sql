-- Which facts rest on a person's judgement only, and how old is it?
SELECT vendor, "table", product, key, "values", verified_on, source_url
FROM store.all_claims
WHERE basis = 'judged'
ORDER BY verified_on, vendor, "table", key;
