-- The three forms of $table; what they mean is in citation_views.sql.
CREATE OR REPLACE MACRO ${table}_known(on_day, known_at) AS TABLE
SELECT $columns FROM store.as_stored('$table', store.day(on_day, store.at(known_at)), store.at(known_at)) f LEFT JOIN store.pages p USING (capture);
CREATE OR REPLACE MACRO ${table}_on(on_day) AS TABLE
SELECT $columns FROM store.as_stored('$table', on_day, TIMESTAMP '9999-12-31') f LEFT JOIN store.pages p USING (capture);
CREATE OR REPLACE VIEW $table AS FROM ${table}_on(DATE '9999-12-31');
