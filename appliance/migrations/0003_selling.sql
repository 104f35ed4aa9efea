CREATE TABLE seat (
    showtime  TEXT NOT NULL REFERENCES showtime (id),
    place     INTEGER NOT NULL,
    seat      TEXT NOT NULL,
    epoch     INTEGER NOT NULL DEFAULT 0,
    edition   INTEGER NOT NULL DEFAULT 0,
    state     TEXT NOT NULL DEFAULT 'free' CHECK (state IN ('free', 'held', 'sold', 'blocked')),
    holder    TEXT CHECK ((holder IS NULL) = (state = 'free')),
    PRIMARY KEY (showtime, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE hold (
    id            TEXT NOT NULL PRIMARY KEY,
    device        TEXT NOT NULL REFERENCES device (id),
    showtime      TEXT NOT NULL REFERENCES showtime (id),
    state         TEXT NOT NULL CHECK (state IN ('open', 'paying', 'settled', 'ended')),
    left_ms       INTEGER NOT NULL,
    since_ms      INTEGER NOT NULL,
    extended      INTEGER NOT NULL DEFAULT 0,
    lines         TEXT NOT NULL,
    total_minor   INTEGER NOT NULL,
    tax_minor     INTEGER NOT NULL,
    language      TEXT NOT NULL,
    key           TEXT NOT NULL,
    request_hash  BLOB NOT NULL,
    UNIQUE (device, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX hold_under_way ON hold (device, state) WHERE state IN ('open', 'paying');

CREATE TABLE tender (
    id                  TEXT NOT NULL PRIMARY KEY,
    hold                TEXT NOT NULL REFERENCES hold (id),
    -- Which payment of the hold, from 0.
    nth                 INTEGER NOT NULL,
    device              TEXT NOT NULL,
    way                 TEXT NOT NULL CHECK (way IN ('cash', 'card')),
    amount_minor        INTEGER NOT NULL CHECK (amount_minor > 0),
    given_minor         INTEGER,
    state               TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'declined', 'cancelled', 'refunding', 'refunded')),
    cancel_asked        INTEGER NOT NULL DEFAULT 0,
    last_four           TEXT,
    authorisation       TEXT,
    started_at          INTEGER NOT NULL,
    key                 TEXT NOT NULL,
    request_hash        BLOB NOT NULL,
    UNIQUE (device, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX tender_of_hold ON tender (hold);
CREATE INDEX tender_under_way ON tender (state) WHERE state IN ('pending', 'refunding');

CREATE TABLE receipt_series (
    series  INTEGER NOT NULL PRIMARY KEY,
    last    INTEGER NOT NULL
) STRICT;

CREATE TABLE sale (
    id               TEXT NOT NULL PRIMARY KEY,
    hold             TEXT NOT NULL UNIQUE REFERENCES hold (id),
    device           TEXT NOT NULL,
    showtime         TEXT NOT NULL REFERENCES showtime (id),
    series           INTEGER NOT NULL,
    number           INTEGER NOT NULL,
    sold_at          INTEGER NOT NULL,
    total_minor      INTEGER NOT NULL,
    tax_minor        INTEGER NOT NULL,
    change_minor     INTEGER NOT NULL,
    collection_code  TEXT NOT NULL,
    key              TEXT,
    request_hash     BLOB,
    UNIQUE (series, number)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX sale_by_key ON sale (device, key) WHERE key IS NOT NULL;

CREATE TABLE ticket (
    id           TEXT NOT NULL PRIMARY KEY,
    sale         TEXT NOT NULL REFERENCES sale (id),
    showtime     TEXT NOT NULL REFERENCES showtime (id),
    place        INTEGER NOT NULL,
    seat         TEXT NOT NULL,
    plan         INTEGER NOT NULL,
    epoch        INTEGER NOT NULL,
    edition      INTEGER NOT NULL,
    kind         TEXT NOT NULL,
    price_minor  INTEGER NOT NULL,
    tax_minor    INTEGER NOT NULL,
    starts_at    INTEGER NOT NULL,
    live         INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX ticket_live ON ticket (showtime, place) WHERE live = 1;
CREATE INDEX ticket_of_sale ON ticket (sale);
