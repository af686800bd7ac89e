-- What happened at the vendors. A vendor's events are made anew, from its changes, whenever a run touched it: they say
-- nothing that `changes` does not, and an event's id stays the same as long as its first change does.
CREATE TABLE IF NOT EXISTS store.told (
    event VARCHAR, vendor VARCHAR, product VARCHAR, kind VARCHAR, title VARCHAR, day DATE, not_before DATE,
    significance UTINYINT, changes VARCHAR[], notice VARCHAR, confirmed BOOLEAN, reasons VARCHAR[]
);

-- Events with from < day <= to. changes: ids of its members.
CREATE OR REPLACE MACRO events("from", "to") AS TABLE
SELECT event, vendor, product, kind, title, day, not_before, significance, changes, notice, confirmed, reasons
FROM store.told
WHERE day > "from" AND day <= "to";
