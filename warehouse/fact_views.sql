-- The three forms of $table; what they mean is in citation_views.sql.
CREATE OR REPLACE MACRO ${table}_known(on_day, known_at) AS TABLE
SELECT $columns, state FROM store.as_known('$table', store.day(on_day, store.at(known_at)), store.at(known_at));
CREATE OR REPLACE MACRO ${table}_on(on_day) AS TABLE
SELECT $columns, state FROM store.as_known('$table', on_day, TIMESTAMP '9999-12-31');
CREATE OR REPLACE VIEW $table AS FROM ${table}_on(DATE '9999-12-31');
