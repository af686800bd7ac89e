-- How long may a sandbox live, in hours? has_limit false: stated to have no limit. Who is not listed states nothing.
SELECT vendor, product, plan, "limit", has_limit, minutes / 60 AS hours, quote
FROM limits_in_minutes
WHERE "limit" IN ('session_max', 'lifetime_max')
ORDER BY has_limit, minutes DESC, vendor;
