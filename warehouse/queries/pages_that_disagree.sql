-- Where do two pages of one vendor disagree, and what does each say?
SELECT vendor, "table", product, key, shown, other, shown_quote, other_quote, shown_source_url, other_source_url
FROM conflicts
ORDER BY ALL;
