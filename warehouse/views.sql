-- The plain names that analysts use. Per table of the contract (fact_views.sql): prices, prices_on(DATE),
-- prices_known(DATE, TIMESTAMPTZ). Known times are TIMESTAMPTZ everywhere.

-- What we corrected between two known times: over [valid_from, valid_to) the dataset said "before", shown to readers
-- from shown_from until corrected_at.
CREATE OR REPLACE MACRO corrections("from", "to") AS TABLE
SELECT r.vendor, e.product, e."table", e.key, e.cause, e.field, e."before", e."after", e.valid_from, e.valid_to,
       store.utc(e.shown_from) AS shown_from, store.utc(e.corrected_at) AS corrected_at, r.source_url, e.quote_before, e.quote_after
FROM store.corrections e JOIN store.readers r USING (reader)
WHERE e.corrected_at > store.at("from") AND e.corrected_at <= store.at("to");

CREATE OR REPLACE VIEW store.all_history AS
SELECT claim, reader, "table"::VARCHAR AS "table", product::VARCHAR AS product,
       $key AS key,
       $values AS "values",
       valid_from, valid_to, basis::VARCHAR AS basis, source_url::VARCHAR AS source_url, quote, judged_on, cause::VARCHAR AS cause,
       known_from, ended_at, known_to
FROM store.claims;

-- All claims that stand today, whichever is shown.
CREATE OR REPLACE VIEW store.all_claims AS
SELECT h.claim, h.reader, r.vendor, h."table", h.product, h.key, h."values", coalesce(c.basis, h.basis) AS basis,
       h.source_url, CASE WHEN c.claim IS NULL THEN h.quote ELSE c.quote END AS quote,
       coalesce(c.judged_on, h.judged_on, u.verified_on, l.verified_on) AS verified_on, u.missing_on,
       CASE WHEN coalesce(c.basis, h.basis) IN ('judged', 'second_hand') THEN NULL ELSE p.sha256 END AS capture,
       coalesce(l.unpublished, false) AS unpublished
FROM store.all_history h
JOIN store.readers r USING (reader)
LEFT JOIN store.last_read(DATE '9999-12-31', TIMESTAMP '9999-12-31') l ON l.reader = h.reader
LEFT JOIN store.unseen(DATE '9999-12-31', TIMESTAMP '9999-12-31') u ON u.claim = h.claim
LEFT JOIN store.pages p ON p.capture = CASE WHEN u.claim IS NULL THEN l.capture ELSE u.capture END
LEFT JOIN store.cited(DATE '9999-12-31', TIMESTAMP '9999-12-31') c ON c.claim = h.claim AND c.cited_from > h.valid_from
WHERE h.valid_to IS NULL AND h.known_to IS NULL;

-- Every claim of every page with its two intervals, safe at any known time: a row whose end became known later is two,
-- one before that and one since.
CREATE OR REPLACE VIEW claims_history AS
SELECT r.vendor, h."table", h.product, h.key, h."values", h.valid_from, h.valid_to, h.basis, h.source_url, h.quote,
       h.cause, a.missing_on AS missing_from, store.utc(h.known_from) AS known_from, store.utc(h.known_to) AS known_to, r.name AS reader, h.claim
FROM (SELECT * EXCLUDE (ended_at) REPLACE (coalesce(ended_at, known_from) AS known_from) FROM store.all_history
      UNION ALL
      SELECT * EXCLUDE (ended_at) REPLACE (NULL AS valid_to, ended_at AS known_to) FROM store.all_history WHERE ended_at > known_from) h
JOIN store.readers r USING (reader)
LEFT JOIN store.absences a
       ON a.claim = h.claim AND a.ended_on IS NULL AND a.known_to IS NULL AND h.valid_to IS NULL AND h.known_to IS NULL;

-- Every fact of every table with its two intervals: what the tables show, safe at any known time.
CREATE OR REPLACE VIEW facts_history AS
SELECT h.vendor::VARCHAR AS vendor, h."table"::VARCHAR AS "table", h.product::VARCHAR AS product, $key_of_h AS key,
       $values_of_h AS "values", h.valid_from, h.valid_to, h.basis::VARCHAR AS basis, h.source_url::VARCHAR AS source_url, h.quote,
       h.cause::VARCHAR AS cause, a.missing_on AS missing_from, store.utc(h.known_from) AS known_from, store.utc(h.known_to) AS known_to, r.name AS reader, h.claim,
       h.ended_on, h.sources, h.fact
FROM store.facts h
JOIN store.readers r USING (reader)
LEFT JOIN store.absences a
       ON a.claim = h.claim AND a.ended_on IS NULL AND a.known_to IS NULL AND h.valid_to IS NULL AND h.known_to IS NULL;
CREATE OR REPLACE VIEW history AS FROM facts_history;

-- What a page states and the gate does not let in yet, with the claim that keeps its value, if there is one.
CREATE OR REPLACE MACRO store.waiting(on_day) AS TABLE
SELECT w.vendor, w."table", w.product, w.key, f."values", w.since AS held_since, w.reason, r.source_url, f.quote, r.name AS reader,
       w.claim, w.state, w.stated
FROM store.waits w JOIN store.readers r USING (reader)
LEFT JOIN store.all_history f ON f.claim = w.claim AND f.known_to IS NULL AND f.valid_from <= on_day AND (f.valid_to IS NULL OR f.valid_to > on_day)
WHERE w.known_to IS NULL AND w.since <= on_day AND (w.until IS NULL OR w.until > on_day);
CREATE OR REPLACE MACRO held_on(on_day) AS TABLE
SELECT * EXCLUDE (state, stated) FROM store.waiting(on_day) WHERE state = 'held' AND claim IS NOT NULL ORDER BY ALL;
CREATE OR REPLACE VIEW held AS FROM held_on(DATE '9999-12-31');
CREATE OR REPLACE MACRO unconfirmed_on(on_day) AS TABLE
SELECT * EXCLUDE (state) FROM store.waiting(on_day) WHERE state = 'unconfirmed' ORDER BY ALL;
CREATE OR REPLACE VIEW unconfirmed AS FROM unconfirmed_on(DATE '9999-12-31');

-- How old each vendor's facts are, table by table: what was read or quoted counts, not the day of a note (null: only
-- notes). held: some of them are (view `held`), held_facts of them.
CREATE OR REPLACE VIEW freshness AS
SELECT vendor, "table", count(*) AS facts, min(verified_on) FILTER (seen) AS oldest, max(verified_on) FILTER (seen) AS newest,
       count(*) FILTER (state = 'held') > 0 AS held, count(*) FILTER (state = 'held') AS held_facts
FROM (SELECT *, basis NOT IN ('judged', 'second_hand') AS seen
      FROM store.as_known(NULL, DATE '9999-12-31', TIMESTAMP '9999-12-31'))
GROUP BY ALL ORDER BY ALL;

-- How many facts there are by basis and state: what a promise about the dataset is computed from.
CREATE OR REPLACE VIEW coverage AS
SELECT vendor, "table", basis, state, count(*) AS facts, count(quote) AS quoted
FROM store.as_known(NULL, DATE '9999-12-31', TIMESTAMP '9999-12-31')
GROUP BY ALL ORDER BY ALL;

-- Every value that any page states today, and whether the tables show it; `why` says why not.
CREATE OR REPLACE VIEW evidence AS
WITH f AS MATERIALIZED (
    SELECT vendor, "table", product, key, claim, sources, ended_on, "values", basis FROM facts_history
    WHERE known_to IS NULL AND valid_from <= store.day(DATE '9999-12-31', TIMESTAMP '9999-12-31')
      AND (valid_to IS NULL OR valid_to > store.day(DATE '9999-12-31', TIMESTAMP '9999-12-31'))
), e AS (
    SELECT c.*, unnest(json_keys(c."values")) AS "column" FROM store.all_claims c
), x AS (
    SELECT e.*, (e."values"->>e."column") AS value, (f."values"->>e."column") AS shows, f.ended_on,
           f.claim IS NOT NULL AND coalesce((f.sources->>e."column")::BIGINT, f.claim) = e.claim AS leads,
           store.day(DATE '9999-12-31', TIMESTAMP '9999-12-31') - e.verified_on > store.fresh_days(e."table") AS old,
           f.claim IS NULL AND n.denied AS denied
    FROM e LEFT JOIN f USING (vendor, "table", product, key)
    LEFT JOIN (SELECT DISTINCT vendor, "table", product, key, true AS denied FROM e WHERE basis = 'denied') n
         USING (vendor, "table", product, key)
)
SELECT vendor, "table", product, key, "column", value, basis, source_url, quote, capture, verified_on,
       (SELECT min(o.origin) FROM store.origins o WHERE lower(hex(o.sha256)) = capture AND o.day = verified_on) AS origin,
       leads AND value IS NOT DISTINCT FROM shows AS shown,
       CASE WHEN leads AND value IS NOT DISTINCT FROM shows THEN NULL
            WHEN unpublished THEN 'its page says that it is not published'
            WHEN denied THEN 'another page says that there is none'
            WHEN ended_on IS NOT NULL THEN 'ended on ' || ended_on
            WHEN value IS NOT DISTINCT FROM shows THEN 'a source that comes first says the same'
            WHEN old THEN 'not confirmed for long, and other evidence says otherwise'
            ELSE 'a source that comes first says otherwise' END AS why
FROM x WHERE value IS NOT NULL ORDER BY ALL;

-- A figure as people write it: 0.0000115, 20, never 1.15e-05 or 20.0.
CREATE OR REPLACE MACRO store.plain(figure) AS
    CASE WHEN figure::VARCHAR LIKE '%.%' THEN rtrim(rtrim(figure::DECIMAL(28,9)::VARCHAR, '0'), '.') ELSE figure::VARCHAR END;

-- Units made comparable. hours: how many hours the span in a unit lasts (a month is 730). measure: what a unit counts,
-- whatever the span, so that vcpu_hour, vcpu_second and core_second are one; months are compared with months only.
CREATE OR REPLACE MACRO store.hours(unit) AS
CASE regexp_extract(unit, '[a-z]+$$') WHEN 'second' THEN 1 / 3600 WHEN 'minute' THEN 1 / 60 WHEN 'hour' THEN 1
     WHEN 'day' THEN 24 WHEN 'month' THEN 730 END;
CREATE OR REPLACE MACRO store.measure(unit) AS
regexp_replace(replace(unit, 'core', 'vcpu'), '(second|minute|hour|day)$$', 'time');
-- A figure among the values of a claim (JSON), as it is compared: the price or amount of a thing per or over hours,
-- rounded to where a page's figures end. A retention without end is one without bound.
CREATE OR REPLACE MACRO store.comparable("values", name) AS
round((CASE WHEN name = 'retention_days' AND ("values"->>'indefinite') = 'true' THEN 'inf' ELSE ("values"->>name) END)::DOUBLE
      * coalesce(store.hours(("values"->>'unit')), 1) ** CASE WHEN name = 'usd' OR starts_with(("values"->>'unit'), 'per_') THEN -1 ELSE 1 END
      / CASE WHEN starts_with(("values"->>'unit'), 'core') THEN 2 ELSE 1 END, 9);

-- What the table shows against what another source says of the same key, with both citations. Null is "not stated":
-- two claims disagree where both state a column and differ. A limit without amount and a retention without end are
-- statements. An hour is 3600 s, a core two vCPU; GiB is not GB; a price per month is compared with those per month.
CREATE OR REPLACE VIEW conflicts AS
WITH c AS (
    SELECT h.*, v.valid_from, p.contest, p.place, r.rank, store.measure((h."values"->>'unit')) AS measure
    FROM store.all_claims h JOIN store.places(DATE '9999-12-31', TIMESTAMP '9999-12-31') p USING (claim)
    JOIN store.readers r ON r.reader = h.reader
    JOIN store.all_history v ON v.claim = h.claim AND v.known_to IS NULL AND v.valid_to IS NULL
), d AS (
    SELECT a.vendor, a."table", a.product, a.key, a."values" AS shown, b."values" AS other,
           a.source_url AS shown_source_url, b.source_url AS other_source_url, a.quote AS shown_quote,
           b.quote AS other_quote, a.verified_on AS shown_verified_on, b.verified_on AS other_verified_on,
           CASE WHEN replace(a.measure, 'month', 'time') <> replace(b.measure, 'month', 'time') THEN ['unit']
                WHEN a."table" = 'limits' AND ((a."values"->>'amount') IS NULL) <> ((b."values"->>'amount') IS NULL) THEN ['amount']
                ELSE list_filter(json_keys(a."values"), lambda k: CASE
                    WHEN k = 'unit' THEN false
                    WHEN k IN ('usd', 'amount', 'amount_max') THEN
                         a.measure = b.measure AND store.comparable(a."values", k) <> store.comparable(b."values", k)
                    WHEN k = 'retention_days' THEN store.comparable(a."values", k) <> store.comparable(b."values", k)
                    ELSE (a."values"->>k) <> (b."values"->>k) END) END AS attributes,
           greatest(a.valid_from, b.valid_from) AS since,
           CASE WHEN a.verified_on - b.verified_on > store.fresh_days(a."table") THEN 'fresh evidence comes before stale'
                WHEN a.rank < b.rank THEN 'the order of sources: ' || a.rank || ' before ' || b.rank
                WHEN a.basis <> b.basis THEN a.basis || ' comes before ' || b.basis
                ELSE 'no order is declared: the first address' END AS resolved
    FROM c a JOIN c b ON b.contest = a.contest AND a.place = 1 AND b.place > 1 AND NOT b.unpublished
)
SELECT * EXCLUDE (attributes, since, resolved), array_to_string(attributes, ', ') AS attribute, since, resolved
FROM d WHERE len(attributes) > 0
ORDER BY ALL;

-- Every reading, with the capture and version it had; where there was none, the capture that was last read well.
CREATE OR REPLACE VIEW readings AS
SELECT r.vendor, r.source_url, r.name AS reader, t.day, d.outcome, d.partial, d.sticky, v.name AS version, d.capture
FROM (
    SELECT d.*, lower(hex(coalesce(c.sha256, last_value(CASE WHEN d.outcome = 'good' THEN c.sha256 END IGNORE NULLS) OVER w))) AS capture
    FROM (SELECT * RENAME (capture AS read_from) FROM store.readings WHERE known_to IS NULL) d
    LEFT JOIN store.captures c ON c.capture = d.read_from
    WINDOW w AS (PARTITION BY d.reader ORDER BY d.day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
) d JOIN store.readers r USING (reader)
JOIN store.days t ON t.vendor = r.vendor AND t.known_to IS NULL AND t.day >= d.day AND t.day <= coalesce(d.until, DATE '9999-12-31')
LEFT JOIN store.versions v ON v.version = d.version;

-- What a person must look at, open and closed. A missing claim is an issue until the next good reading decides.
CREATE OR REPLACE VIEW issues AS
WITH looked AS (
    SELECT r.source_url, r.name AS reader, d.day FROM store.reading_days d JOIN store.readers r USING (reader)
    WHERE d.known_to IS NULL
), last AS (
    SELECT i.issue, max(l.day) AS last_on FROM store.issues i
    JOIN looked l ON l.source_url = i.source_url AND (i.reader IS NULL OR i.reader = l.reader)
     AND (i.closed_on IS NULL OR l.day < i.closed_on)
    GROUP BY i.issue
)
SELECT i.kind, i.vendor, i.source_url, i.reader, i.message, i.nearest, i.first_on,
       coalesce(greatest(l.last_on, i.first_on), i.first_on) AS last_on, i.closed_on
FROM store.issues i LEFT JOIN last l USING (issue)
UNION ALL
SELECT 'missing', r.vendor, r.source_url, r.name,
       h."table" || ' ' || h.product || ' / ' || h.key || ' is not on the page; it said: ' || coalesce(h.quote, ''),
       NULL, a.missing_on, coalesce(a.ended_on, a.missing_on), a.ended_on
FROM store.absences a JOIN store.readers r USING (reader)
JOIN store.all_history h ON h.claim = a.claim AND h.known_to IS NULL AND h.valid_from < a.missing_on
 AND (h.valid_to IS NULL OR h.valid_to >= a.missing_on)
WHERE a.missing_on IS NOT NULL AND a.known_to IS NULL;

CREATE OR REPLACE VIEW open_issues AS
SELECT * EXCLUDE (closed_on) FROM issues WHERE closed_on IS NULL;

CREATE OR REPLACE VIEW runs AS
SELECT r.run, r.kind, store.utc(r.started_at) AS started_at, store.utc(f.fetched_at) AS fetched_at, store.utc(f.read_at) AS read_at,
       store.utc(r.finished_at) AS recorded_at, store.utc(r.finished_at) AS finished_at, store.utc(r.known_at) AS known_at,
       r.flow_run_id, r.days, r.readings, r.opened, r.ended, r.corrected, r.changes, r.issues_opened, r.issues_closed,
       f.pages, f.answered, f.unchanged, f.failed, f.bytes, f.seconds, f.by_vendor
FROM store.runs r LEFT JOIN (
    SELECT run, max(fetched_at) AS fetched_at, max(read_at) AS read_at, sum(pages)::BIGINT AS pages,
           sum(answered)::BIGINT AS answered, sum(unchanged)::BIGINT AS unchanged, sum(failed)::BIGINT AS failed,
           sum(bytes)::BIGINT AS bytes, sum(seconds) AS seconds,
           list({vendor: vendor, pages: pages, answered: answered, unchanged: unchanged, failed: failed, bytes: bytes,
                 seconds: seconds} ORDER BY vendor) AS by_vendor
    FROM store.fetches GROUP BY run
) f USING (run);

-- One row per source and reader: when it was last read, and how.
CREATE OR REPLACE VIEW sources AS
SELECT r.vendor, r.source_url, r.name AS reader, r.rank, min(d.day) AS first_on, max(least(d.until, v.day)) AS last_on,
       max(least(d.until, v.day)) FILTER (d.outcome = 'good') AS last_good_on, arg_max(d.outcome, d.day) AS last_outcome
FROM store.readers r LEFT JOIN store.last_days(DATE '9999-12-31', TIMESTAMP '9999-12-31') v ON v.vendor = r.vendor
LEFT JOIN store.readings d ON d.reader = r.reader AND d.known_to IS NULL
GROUP BY ALL;

-- Catalogues that join with every table: vendors and their products, by the names that they give themselves. That of a
-- vendor's plans is the table `plans`.
CREATE OR REPLACE VIEW vendors AS
SELECT s.vendor, coalesce(any_value(n.name), s.vendor) AS name, count(DISTINCT s.source_url) AS sources, count(*) AS readers,
       min(s.first_on) AS first_on, max(s.last_good_on) AS last_good_on,
       (SELECT sum(f.facts)::BIGINT FROM freshness f WHERE f.vendor = s.vendor) AS facts
FROM sources s LEFT JOIN store.names n ON n.vendor = s.vendor AND n.product = '' WHERE s.vendor <> 'unknown' GROUP BY s.vendor;

CREATE OR REPLACE VIEW products AS
SELECT f.vendor, f.product, coalesce(any_value(o.name), any_value(t.name), f.vendor) AS name,
       coalesce(any_value(v.name), f.vendor) AS vendor_name, count(*) AS facts, max(f.verified_on) AS newest
FROM store.as_known(NULL, DATE '9999-12-31', TIMESTAMP '9999-12-31') f
LEFT JOIN store.names o ON o.vendor = f.vendor AND o.product = f.product
LEFT JOIN store.names t ON t.vendor = f.vendor AND t.product = '*'
LEFT JOIN store.names v ON v.vendor = f.vendor AND v.product = ''
GROUP BY f.vendor, f.product ORDER BY ALL;

-- first_on: the first day for which one of these bytes stands. origin: who made that one, if not we; backfilled: so.
CREATE OR REPLACE VIEW captures AS
SELECT c.sha256, c.url, c.first_on, min(o.origin) AS origin, min(o.origin) IS NOT NULL AS backfilled
FROM (SELECT lower(hex(c.sha256)) AS sha256, c.url, coalesce(min(g.day), min(c.first_on)) AS first_on
      FROM store.captures c LEFT JOIN store.readings g ON g.capture = c.capture AND g.known_to IS NULL GROUP BY ALL) c
LEFT JOIN store.origins o ON lower(hex(o.sha256)) = c.sha256 AND o.day = c.first_on GROUP BY ALL;
