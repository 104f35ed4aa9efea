-- People of head office. The password is a PHC string (argon2id); of links and sessions only hashes are kept.
CREATE TABLE operator (
    name          TEXT PRIMARY KEY,
    password      TEXT,
    link          BYTEA UNIQUE,
    link_until_ms BIGINT,
    made_ms       BIGINT NOT NULL
);

CREATE TABLE operator_session (
    token    BYTEA PRIMARY KEY,
    id       TEXT NOT NULL UNIQUE,
    operator TEXT NOT NULL,
    made_ms  BIGINT NOT NULL,
    seen_ms  BIGINT NOT NULL,
    browser  TEXT NOT NULL
);
CREATE INDEX operator_session_of ON operator_session (operator);
