CREATE TABLE link (
    one                 INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    device              TEXT NOT NULL,
    incarnation         INTEGER NOT NULL,
    incarnation_random  BLOB NOT NULL,
    hub_frame_key       BLOB,
    generation          INTEGER,
    generation_random   BLOB,
    broker              TEXT
) STRICT;

CREATE TABLE refused_content (
    kind     TEXT NOT NULL CHECK (kind IN ('film', 'price_book')),
    id       TEXT NOT NULL,
    version  INTEGER NOT NULL,
    reason   TEXT NOT NULL,
    PRIMARY KEY (kind, id, version)
) STRICT, WITHOUT ROWID;
