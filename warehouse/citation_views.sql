-- A table of the contract as it stood on a day and as known at a time, with every row's verified_on, capture and quote.

-- What holds: claims that are shown as they are, and what was resolved from several. Safe at any known time: a row whose end
-- became known later is two, one before that and one since.
CREATE OR REPLACE VIEW store.facts AS
SELECT "table", $typed, basis, source_url, quote, judged_on, claim, reader, cause, NULL::VARCHAR AS sources, NULL::DATE AS ended_on,
       NULL::DATE AS not_before, fact, valid_from, valid_to, coalesce(ended_at, known_from) AS known_from, least(known_to, alone_to) AS known_to
FROM store.claims WHERE alone AND (alone_to IS NULL OR alone_to > coalesce(ended_at, known_from))
UNION ALL
SELECT "table", $typed, basis, source_url, quote, judged_on, claim, reader, cause, NULL, NULL, NULL, fact, valid_from, NULL, known_from,
       least(ended_at, alone_to)
FROM store.claims WHERE alone AND ended_at > known_from
UNION ALL
SELECT "table", $typed, basis, source_url, quote, judged_on, claim, reader, cause, sources, ended_on, not_before, fact, valid_from, valid_to,
       known_from, known_to
FROM store.resolved;

-- Per vendor, the last day by a day on which it was looked at.
CREATE OR REPLACE MACRO store.last_days(on_day, known_at) AS TABLE
SELECT vendor, max(day) AS day FROM store.days
WHERE day <= on_day AND known_from <= known_at AND (known_to IS NULL OR known_to > known_at) GROUP BY vendor;

-- Per reader, the last good reading by a day: what verified_on and capture come from. held_on: the last day on which one
-- was held as a whole. unpublished: the last one found the page to say that it is not published.
CREATE OR REPLACE MACRO store.last_read(on_day, known_at) AS TABLE
SELECT d.reader, max(least(d.until, v.day)) FILTER (d.outcome = 'good') AS verified_on,
       arg_max(d.capture, d.day) FILTER (d.outcome = 'good') AS capture,
       max(least(d.until, v.day)) FILTER (d.outcome = 'held') AS held_on,
       coalesce(max(d.day) FILTER (d.outcome = 'unpublished') > max(d.day) FILTER (d.outcome IN ('good', 'gone')), false) AS unpublished
FROM store.readings d JOIN store.readers r ON r.reader = d.reader JOIN store.last_days(on_day, known_at) v ON v.vendor = r.vendor
WHERE d.outcome IN ('good', 'held', 'gone', 'unpublished') AND d.day <= on_day
  AND d.known_from <= known_at AND (d.known_to IS NULL OR d.known_to > known_at)
GROUP BY d.reader;

-- Every reading, one row per reader and day, with both its known times.
CREATE OR REPLACE VIEW store.reading_days AS
SELECT d.reader, v.day, d.outcome, d.partial, d.sticky, d.version, d.capture,
       greatest(d.known_from, v.known_from) AS known_from, least(d.known_to, v.known_to) AS known_to
FROM store.readings d JOIN store.readers r ON r.reader = d.reader
JOIN store.days v ON v.vendor = r.vendor AND v.day >= d.day AND v.day <= coalesce(d.until, DATE '9999-12-31')
WHERE d.known_from < coalesce(v.known_to, TIMESTAMP '9999-12-31') AND v.known_from < coalesce(d.known_to, TIMESTAMP '9999-12-31');

-- Claims that the last good readings lacked, each with the last good reading that had it: equal readings all have it, so those
-- before the first without it ended on an earlier day.
CREATE OR REPLACE MACRO store.unseen(on_day, known_at) AS TABLE
SELECT a.claim, max(a.missing_on) AS missing_on, max(least(g.until, a.unseen_on - 1)) AS verified_on, arg_max(g.capture, g.day) AS capture
FROM store.absences a JOIN store.readings g ON g.reader = a.reader AND g.day < a.unseen_on
WHERE a.unseen_on <= on_day AND (a.ended_on IS NULL OR a.ended_on > on_day)
  AND a.known_from <= known_at AND (a.known_to IS NULL OR a.known_to > known_at)
  AND g.outcome = 'good' AND g.known_from <= known_at AND (g.known_to IS NULL OR g.known_to > known_at)
GROUP BY a.claim;

-- Claims whose values rest on a later citation than the one their interval began with.
CREATE OR REPLACE MACRO store.cited(on_day, known_at) AS TABLE
SELECT claim, max(cited_from) AS cited_from, arg_max(basis, cited_from) AS basis,
       arg_max_null(quote, cited_from) AS quote, arg_max_null(judged_on, cited_from) AS judged_on
FROM store.citations
WHERE cited_from <= on_day AND known_from <= known_at AND (known_to IS NULL OR known_to > known_at)
GROUP BY claim;

-- The sha256 of each capture as people write it: made once a capture, and not once a fact.
CREATE OR REPLACE VIEW store.pages AS SELECT capture, lower(hex(sha256)) AS sha256 FROM store.captures;

-- A day asked for, at most the last one recorded: of later ones the dataset says nothing. A time asked for, as stored;
-- a stored time, as it is shown.
CREATE OR REPLACE MACRO store.at(known_at) AS make_timestamp(epoch_us(known_at::TIMESTAMPTZ));
CREATE OR REPLACE MACRO store.utc(stored) AS stored AT TIME ZONE 'UTC';
CREATE OR REPLACE MACRO store.day(on_day, known_at) AS
least(on_day, (SELECT max(d.day) FROM store.days d WHERE d.known_from <= known_at));

-- How many days evidence for a table is fresh (freshness.toml).
CREATE OR REPLACE MACRO store.fresh_days(of_table) AS
$fresh_days;

-- What holds on a day, as known at a time. A claim's row lies in the days that are recorded; only what was made of several may
-- begin or end on a day to come.
CREATE OR REPLACE MACRO store.facts_on(on_day, known_at) AS TABLE
SELECT "table", $typed, basis, source_url, quote, judged_on, claim, reader, cause, NULL::VARCHAR AS sources, NULL::DATE AS ended_on, fact,
       valid_from, CASE WHEN ended_at IS NULL OR ended_at <= known_at THEN valid_to END AS valid_to
FROM store.claims
WHERE alone AND valid_from <= on_day AND (valid_to IS NULL OR valid_to > on_day OR ended_at > known_at)
  AND known_from <= known_at AND (known_to IS NULL OR known_to > known_at) AND (alone_to IS NULL OR alone_to > known_at)
UNION ALL
SELECT "table", $typed, basis, source_url, quote, judged_on, claim, reader, cause, sources, ended_on, fact, valid_from, valid_to
FROM store.resolved JOIN (SELECT store.day(on_day, known_at) AS today) ON valid_from <= today AND (valid_to IS NULL OR valid_to > today)
WHERE known_from <= known_at AND (known_to IS NULL OR known_to > known_at);

-- The claims whose key others state too: place 1 leads the fact that is shown.
CREATE OR REPLACE MACRO store.places(on_day, known_at) AS TABLE
SELECT DISTINCT f.claim, t.contest, CASE WHEN s.claim IS NULL THEN 2 ELSE 1 END AS place
FROM store.claims f JOIN store.contested t ON t.claim = f.claim
LEFT JOIN store.facts_on(on_day, known_at) s ON s.claim = f.claim
WHERE f.valid_from <= on_day AND f.known_from <= known_at AND (f.known_to IS NULL OR f.known_to > known_at)
  AND (f.valid_to IS NULL OR f.valid_to > on_day OR f.ended_at > known_at);

-- The facts of a table (null: of all) on a day, as known at a time: one row per key, with the columns of all tables; the
-- macros of each table pick theirs. state: see `held` for why, and since when. What is recorded ends with the last day, so only
-- what begins or ends later (facts_on) needs the day clamped, unless an earlier known time is asked for (`_known` clamps it). Words are as they are stored, in a large warehouse as
-- ENUMs (record/words.py), and captures are numbers; as_known gives both as text.
CREATE OR REPLACE MACRO store.as_stored(wanted, on_day, known_at) AS TABLE
SELECT f.* REPLACE (CASE WHEN c.claim IS NULL THEN f.basis::$bases ELSE c.basis::$bases END AS basis,
                    CASE WHEN c.claim IS NULL THEN f.quote ELSE c.quote END AS quote),
       CASE WHEN coalesce(c.basis, f.basis) IN ('judged', 'second_hand') THEN NULL WHEN u.claim IS NULL THEN l.capture ELSE u.capture END AS capture,
       coalesce(c.judged_on, f.judged_on, u.verified_on, l.verified_on, f.valid_from) AS verified_on,
       u.missing_on,
       CASE WHEN f.ended_on IS NOT NULL THEN 'ended'::$states
            WHEN w.state IS NOT NULL THEN w.state::$states
            WHEN l.held_on > l.verified_on AND coalesce(c.judged_on, f.judged_on) IS NULL THEN 'held'::$states
            WHEN u.missing_on <= d.today THEN 'missing'::$states
            WHEN d.today - coalesce(c.judged_on, f.judged_on, u.verified_on, l.verified_on, f.valid_from)
                 > store.fresh_days(coalesce(wanted, f."table")) THEN 'stale'::$states
            ELSE 'current'::$states END AS state
FROM store.facts_on(on_day, known_at) f CROSS JOIN (SELECT store.day(on_day, known_at) AS today) d
LEFT JOIN store.last_read(on_day, known_at) l ON l.reader = f.reader
LEFT JOIN store.unseen(on_day, known_at) u ON u.claim = f.claim
LEFT JOIN store.cited(on_day, known_at) c ON c.claim = f.claim AND c.cited_from > f.valid_from
LEFT JOIN (SELECT claim, max(state) AS state FROM store.waits
           WHERE since <= on_day AND (until IS NULL OR until > on_day)
             AND known_from <= known_at AND (known_to IS NULL OR known_to > known_at) GROUP BY claim) w ON w.claim = f.claim
WHERE wanted IS NULL OR f."table" = wanted;

CREATE OR REPLACE MACRO store.as_known(wanted, on_day, known_at) AS TABLE
SELECT f.* REPLACE ($words, p.sha256 AS capture) FROM store.as_stored(wanted, on_day, known_at) f LEFT JOIN store.pages p USING (capture);
