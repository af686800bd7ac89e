-- What is the smallest span of time that each vendor bills, in the words of its page?
SELECT vendor, product, meter, amount, unit, quote, source_url FROM billing_rules WHERE rule = 'increment' ORDER BY ALL;
