-- What happened at the vendors. A vendor's events are made anew, from its changes, whenever a run touched it: they say
-- nothing that `changes` does not, and an event's id stays the same as long as its first change does.
CREATE TABLE IF NOT EXISTS store.told (
    event VARCHAR, vendor VARCHAR, product VARCHAR, kind VARCHAR, title VARCHAR, day DATE, not_before DATE,
    significance UTINYINT, notice VARCHAR, confirmed BOOLEAN, reasons VARCHAR[]
);

-- The members: which value of `changes` belongs to which event. Each is in exactly one.
CREATE TABLE IF NOT EXISTS store.told_changes (
    event VARCHAR, change VARCHAR, vendor VARCHAR, product VARCHAR, "table" VARCHAR, key VARCHAR, field VARCHAR, day DATE
);

-- Events with from < day <= to, with those of their changes that are of these days.
CREATE OR REPLACE MACRO events("from", "to") AS TABLE
SELECT event, vendor, product, kind, title, day, not_before, significance,
       (SELECT coalesce(list(c.change ORDER BY c.change), []) FROM store.told_changes c
        WHERE c.event = t.event AND c.day > "from" AND c.day <= "to") AS changes,
       notice, confirmed, reasons
FROM store.told t
WHERE day > "from" AND day <= "to";
