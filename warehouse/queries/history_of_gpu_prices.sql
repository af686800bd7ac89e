-- What has every GPU cost, from when until when, and in whose words?
SELECT vendor, key, ("values"->>'usd')::DOUBLE AS usd, "values"->>'unit' AS unit, valid_from, valid_to, quote, source_url
FROM history
WHERE "table" = 'prices' AND key LIKE '% / gpu / %' AND known_to IS NULL
ORDER BY vendor, key, source_url, valid_from;
