-- A table of the contract as it stood on a day and as known at a time, with every row's verified_on, capture and quote.

-- Per reader, the last good reading by a day: what verified_on and capture come from. held_on: the last day on which one
-- was held as a whole; doubts: what open issues say of single values that are held (those have no known time).
CREATE OR REPLACE MACRO store.last_read(on_day, known_at) AS TABLE
SELECT g.reader, g.verified_on, lower(hex(c.sha256)) AS sha256, g.held_on, i.doubts
FROM (
    SELECT reader, max(day) FILTER (outcome = 'good') AS verified_on, arg_max(capture, day) FILTER (outcome = 'good') AS capture,
           max(day) FILTER (outcome = 'held') AS held_on
    FROM store.readings
    WHERE outcome IN ('good', 'held') AND day <= on_day AND known_from <= known_at AND (known_to IS NULL OR known_to > known_at)
    GROUP BY reader) g
LEFT JOIN store.captures c ON c.capture = g.capture
LEFT JOIN (
    SELECT r.reader, string_agg('; ' || regexp_replace(i.message, '^\[[a-z]+\] ', '')) AS doubts
    FROM store.issues i JOIN store.readers r ON r.name = i.reader
    WHERE i.kind IN ('held', 'invalid') AND i.first_on <= on_day AND (i.closed_on IS NULL OR i.closed_on > on_day)
    GROUP BY r.reader) i ON i.reader = g.reader;

-- Whether a text of doubts names a claim.
CREATE OR REPLACE MACRO store.names(said, of_table, product, key) AS
regexp_matches(said, '; ' || regexp_escape(of_table || ' ' || product || ' / ' || key) || '(:|;| \([0-9]+ in all\))');

-- Claims that the last good readings lacked, each with the last good reading that had it.
CREATE OR REPLACE MACRO store.unseen(on_day, known_at) AS TABLE
SELECT u.claim, u.missing_on, u.verified_on, lower(hex(c.sha256)) AS sha256
FROM (
    SELECT a.claim, max(a.missing_on) AS missing_on, max(g.day) AS verified_on, arg_max(g.capture, g.day) AS capture
    FROM store.absences a JOIN store.readings g ON g.reader = a.reader AND g.day < a.unseen_on
    WHERE a.unseen_on <= on_day AND (a.ended_on IS NULL OR a.ended_on > on_day)
      AND a.known_from <= known_at AND (a.known_to IS NULL OR a.known_to > known_at)
      AND g.outcome = 'good' AND g.known_from <= known_at AND (g.known_to IS NULL OR g.known_to > known_at)
    GROUP BY a.claim) u
LEFT JOIN store.captures c ON c.capture = u.capture;

-- Claims whose values rest on a later citation than the one their interval began with.
CREATE OR REPLACE MACRO store.cited(on_day, known_at) AS TABLE
SELECT claim, max(cited_from) AS cited_from, arg_max(basis, cited_from) AS basis,
       arg_max_null(quote, cited_from) AS quote, arg_max_null(judged_on, cited_from) AS judged_on
FROM store.citations
WHERE cited_from <= on_day AND known_from <= known_at AND (known_to IS NULL OR known_to > known_at)
GROUP BY claim;

-- The claims whose key others state too, in the order in which they are asked: place 1 is shown. Judgements stand last,
-- except where one was made after the last day on which any other claim of the key was verified: it knows more.
CREATE OR REPLACE MACRO store.places(on_day, known_at) AS TABLE
SELECT claim, contest, row_number() OVER (
    PARTITION BY contest
    ORDER BY CASE WHEN NOT judged THEN 1 WHEN verified_on <= on_day AND verified_on > read_on THEN 0 ELSE 2 END,
             rank, source_url, name) AS place
FROM (
    SELECT *, max(verified_on) FILTER (NOT judged) OVER (PARTITION BY contest) AS read_on
    FROM (
        SELECT f.claim, t.contest, f.source_url, r.rank, r.name, coalesce(c.basis, f.basis) = 'judged' AS judged,
               coalesce(c.judged_on, f.judged_on, u.verified_on, l.verified_on) AS verified_on
        FROM store.facts f
        JOIN store.contested t ON t.claim = f.claim JOIN store.readers r ON r.reader = f.reader
        LEFT JOIN store.last_read(on_day, known_at) l ON l.reader = f.reader
        LEFT JOIN store.unseen(on_day, known_at) u ON u.claim = f.claim
        LEFT JOIN store.cited(on_day, known_at) c ON c.claim = f.claim AND c.cited_from > f.valid_from
        WHERE f.valid_from <= on_day AND f.known_from <= known_at AND (f.known_to IS NULL OR f.known_to > known_at)
          AND (f.valid_to IS NULL OR f.valid_to > on_day OR f.ended_at > known_at)));

-- A table on a day, as known at a time. One row per key: where several sources state it, the one in the first place.
-- The columns of all tables; the macros of each table pick theirs. state: see `held` for why, and since when.
CREATE OR REPLACE MACRO store.as_known(wanted, on_day, known_at) AS TABLE
SELECT f.* REPLACE (coalesce(c.basis, f.basis) AS basis,
                    CASE WHEN c.claim IS NULL THEN f.quote ELSE c.quote END AS quote),
       CASE WHEN f.basis = 'judged' THEN NULL WHEN u.claim IS NULL THEN l.sha256 ELSE u.sha256 END AS capture,
       coalesce(c.judged_on, f.judged_on, u.verified_on, l.verified_on) AS verified_on,
       CASE WHEN coalesce(c.basis, f.basis) = 'judged' THEN 'current'
            WHEN l.held_on > l.verified_on THEN 'held'
            WHEN l.doubts IS NOT NULL AND store.names(l.doubts, f."table", f.product, $key) THEN 'held'
            WHEN u.missing_on <= on_day THEN 'missing' ELSE 'current' END AS state
FROM store.facts f
LEFT JOIN store.last_read(on_day, known_at) l ON l.reader = f.reader
LEFT JOIN store.unseen(on_day, known_at) u ON u.claim = f.claim
LEFT JOIN store.cited(on_day, known_at) c ON c.claim = f.claim AND c.cited_from > f.valid_from
WHERE f."table" = wanted AND f.valid_from <= on_day AND f.known_from <= known_at
  AND (f.known_to IS NULL OR f.known_to > known_at) AND (f.valid_to IS NULL OR f.valid_to > on_day OR f.ended_at > known_at)
  AND f.claim NOT IN (SELECT p.claim FROM store.places(on_day, known_at) p WHERE p.place > 1);
