-- Which keep what a stopped sandbox holds without end, and which for how many days?
SELECT vendor, product, kept_indefinitely, kept_days, kept_why FROM compare ORDER BY kept_indefinitely DESC NULLS LAST, kept_days DESC NULLS LAST;
