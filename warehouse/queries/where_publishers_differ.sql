-- Where do other publishers say something else than we hold, since when, and which side has a sentence of the vendor's page?
SELECT publisher, vendor, "table", key, "column", theirs, ours, their_since, ours_on, our_basis, our_quote IS NOT NULL AS we_quote, our_url
FROM publishers_say
WHERE NOT agrees
ORDER BY ALL;
