-- Kiosks that call the staff, until somebody has been there.
CREATE TABLE staff_call (
    device    TEXT NOT NULL PRIMARY KEY,
    name      TEXT NOT NULL,
    since_ms  INTEGER NOT NULL,
    called_ms INTEGER NOT NULL,
    times     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
