-- Whose order by cost flipped in 2026, and by which change?
SELECT workload, was_cheaper, is_cheaper, was_cheaper_before, is_cheaper_before, was_cheaper_after, is_cheaper_after, because
FROM rank_changes(DATE '2025-12-31', DATE '2026-10-31')
ORDER BY ALL;
