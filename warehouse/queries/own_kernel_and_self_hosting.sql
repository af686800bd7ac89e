-- Who gives each sandbox its own kernel, and can be hosted by oneself?
SELECT i.vendor, i.product, i.runtime, i.technology, i.boundary, s.offering, s.status, s.licence, s.repository
FROM isolation i LEFT JOIN self_hosting s USING (vendor, product)
WHERE i.dedicated_kernel OR i.boundary IN ('microvm', 'vm')
ORDER BY ALL;
