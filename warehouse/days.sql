-- The days recorded of each vendor.
CREATE TABLE IF NOT EXISTS store.days (vendor VARCHAR, day DATE, known_from TIMESTAMP, known_to TIMESTAMP);
