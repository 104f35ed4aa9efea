-- Kiosks that call the staff, until somebody has been there.
CREATE TABLE told_staff_call (
    cinema    TEXT NOT NULL,
    device    TEXT NOT NULL,
    name      TEXT NOT NULL,
    since_ms  INTEGER NOT NULL,
    called_ms INTEGER NOT NULL,
    times     INTEGER NOT NULL,
    PRIMARY KEY (cinema, device)
) STRICT, WITHOUT ROWID;
