-- What a workload costs in a plan on the days [valid_from, valid_to), and the facts it rests on; see views workload_costs,
-- workload_lines. Made of the facts that hold: known time is theirs.
CREATE TABLE IF NOT EXISTS store.costs (
    vendor VARCHAR, product VARCHAR, plan VARCHAR, workload VARCHAR, valid_from DATE, valid_to DATE, usd DECIMAL(18,6),
    usage_usd DECIMAL(18,6), fee_usd DECIMAL(18,6), allowance_usd DECIMAL(18,6), credit_usd DECIMAL(18,6),
    once_credit_usd DECIMAL(18,6), unpriced VARCHAR, rests_on BIGINT[],
    fee_open BOOLEAN DEFAULT false, -- sold for a fee that no page states
    lines STRUCT(step UTINYINT, item VARCHAR, usd DECIMAL(18,6), list_usd DECIMAL(18,6), "text" VARCHAR)[]
);
-- For which workloads (their number) a product's costs were made; product '': the vendor was looked at.
CREATE TABLE IF NOT EXISTS store.costed (vendor VARCHAR, product VARCHAR, workloads BIGINT);
