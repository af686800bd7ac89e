-- Which prices fell, by how many percent, and on which day at the latest?
SELECT day, not_before, vendor, product, key, "before"::DOUBLE AS was, "after"::DOUBLE AS is_now,
       round(100 * ("after"::DOUBLE / "before"::DOUBLE - 1), 1) AS percent, source_url
FROM steps(DATE '1970-01-01', DATE '9999-12-31')
WHERE "table" = 'prices' AND kind = 'changed' AND field = 'usd' AND "after"::DOUBLE < "before"::DOUBLE
ORDER BY day DESC, vendor, key;
