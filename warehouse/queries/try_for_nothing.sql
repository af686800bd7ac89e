-- What does one get to try it without paying: credit once and per month, sandboxes at once?
SELECT vendor, product, credit_once_usd, credit_month_usd, concurrent_free FROM compare ORDER BY coalesce(credit_once_usd, 0) + coalesce(credit_month_usd, 0) DESC;
