-- Which can be run on servers of one's own?
SELECT vendor, product, self_hostable_why FROM compare WHERE self_hostable ORDER BY vendor;
