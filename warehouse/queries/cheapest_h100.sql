-- Where is an H100 cheapest by the hour?
SELECT vendor, product, h100_usd_per_hour, h100_usd_per_hour_why FROM compare WHERE h100_usd_per_hour IS NOT NULL ORDER BY h100_usd_per_hour;
