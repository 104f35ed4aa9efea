-- Cinemas whose printer does not print, until it does.
CREATE TABLE told_printer (
    cinema   TEXT NOT NULL PRIMARY KEY,
    trouble  TEXT NOT NULL,
    since_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
