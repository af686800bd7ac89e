-- How long may one sandbox run, without and with a paid plan?
SELECT vendor, product, session_hours_free, session_hours_paid, session_unlimited FROM compare
ORDER BY session_unlimited DESC NULLS LAST, session_hours_paid DESC NULLS LAST;
