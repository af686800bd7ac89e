-- How far is what vendors claim of a start from what others measured, and on which sentence and file does each rest?
SELECT vendor, product, claimed, claimed_ms, mode, measured_ms, ratio, success, runs, measured_on, publisher, claim_quote, claim_url,
       measured_url
FROM claims_beside_measurements
WHERE mode IS NOT NULL
ORDER BY ratio DESC NULLS LAST, vendor, product, mode;
