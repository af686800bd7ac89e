-- What did we get wrong, for which days, and since when did we show it?
SELECT corrected_at, vendor, "table", key, field, "before", "after", valid_from, valid_to, shown_from, source_url
FROM corrections(TIMESTAMPTZ '1970-01-01 00:00Z', TIMESTAMPTZ '9999-12-31 00:00Z')
ORDER BY corrected_at, vendor, "table", key, field;
