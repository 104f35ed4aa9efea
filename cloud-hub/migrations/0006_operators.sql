-- People of head office. The password is a PHC string (argon2id); of links and sessions only hashes are kept.
CREATE TABLE operator (
    name          TEXT PRIMARY KEY,
    password      TEXT,
    link          BLOB UNIQUE,
    link_until_ms INTEGER,
    made_ms       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE operator_session (
    token    BLOB PRIMARY KEY,
    id       TEXT NOT NULL UNIQUE,
    operator TEXT NOT NULL,
    made_ms  INTEGER NOT NULL,
    seen_ms  INTEGER NOT NULL,
    browser  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX operator_session_of ON operator_session (operator);
