-- What did we believe on 4 July 2026 about how long a session may last: as the pages stood, and as we knew it then?
-- An empty answer is one: nothing had been recorded by then. limits_on(DATE '2026-07-04') is what we know of it now.
SELECT vendor, product, plan, "limit", amount, unit, quote, verified_on
FROM limits_known(DATE '2026-07-04', TIMESTAMPTZ '2026-07-04 23:59:59Z')
WHERE "limit" = 'session_max'
ORDER BY ALL;
