-- What vendors call themselves and their products (vendor.toml). product: '' for the vendor, '*' for the product that
-- keys name when they name no other.
CREATE TABLE IF NOT EXISTS store.names (vendor VARCHAR, product VARCHAR, name VARCHAR);
