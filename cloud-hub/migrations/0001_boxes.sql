-- The hub's own life; one row.
CREATE TABLE hub (
    one               INTEGER PRIMARY KEY CHECK (one = 1),
    generation        INTEGER NOT NULL,
    generation_random BLOB NOT NULL
) STRICT;

-- One-time codes by their hash; bound to the first key that presents one.
CREATE TABLE enrolment_code (
    hash      BLOB PRIMARY KEY,
    cinema    TEXT NOT NULL,
    until_ms  INTEGER NOT NULL,
    made_ms   INTEGER NOT NULL,
    frame_key BLOB
) STRICT, WITHOUT ROWID;

-- The box of each cinema.
CREATE TABLE box (
    cinema             TEXT PRIMARY KEY,
    device             TEXT NOT NULL,
    frame_key          BLOB NOT NULL,
    ticket_key         BLOB NOT NULL,
    incarnation        INTEGER NOT NULL,
    incarnation_random BLOB NOT NULL,
    enrolled_ms        INTEGER NOT NULL,
    revoked_ms         INTEGER,
    heard_ms           INTEGER,
    program            TEXT
) STRICT, WITHOUT ROWID;

-- Who was refused, for what, how often and when last.
CREATE TABLE refused_contact (
    cinema TEXT NOT NULL,
    device TEXT NOT NULL,
    code   TEXT NOT NULL,
    reason TEXT NOT NULL,
    at_ms  INTEGER NOT NULL,
    times  INTEGER NOT NULL,
    PRIMARY KEY (cinema, device, code)
) STRICT, WITHOUT ROWID;
