-- What either counter keeps. A cinema's name stands in `showtime` and in what is versioned; everything else names a showtime by its key.

-- Whether a cinema's counter may sell, and whether this database is the one that sold last.
CREATE TABLE standing (
    cinema   TEXT NOT NULL PRIMARY KEY,
    frozen   INTEGER NOT NULL DEFAULT 0,
    reason   TEXT,
    lineage  BLOB
) STRICT, WITHOUT ROWID;

-- How long this counter has been running in all its lives, in milliseconds: a hold ends at a point of it.
CREATE TABLE counter_time (
    one  INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    ms   INTEGER NOT NULL
) STRICT;

-- What a person must decide: about what, and how far it is.
CREATE TABLE case_file (
    kind       TEXT NOT NULL,
    about      TEXT NOT NULL,
    cinema     TEXT NOT NULL,
    stage      TEXT NOT NULL,
    open       INTEGER NOT NULL,
    opened_at  INTEGER NOT NULL,
    PRIMARY KEY (kind, about)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_file_open ON case_file (opened_at) WHERE open = 1;

CREATE TABLE case_move (
    id      INTEGER NOT NULL PRIMARY KEY,
    kind    TEXT NOT NULL,
    about   TEXT NOT NULL,
    at      INTEGER NOT NULL,
    by      TEXT NOT NULL CHECK (by IN ('counter', 'person', 'terminal')),
    what    TEXT NOT NULL,
    reason  TEXT NOT NULL,
    FOREIGN KEY (kind, about) REFERENCES case_file (kind, about)
) STRICT;
CREATE INDEX case_move_of ON case_move (kind, about);

CREATE TABLE cinema (
    id    TEXT NOT NULL PRIMARY KEY,
    body  TEXT NOT NULL,
    -- In which fashion its whole programme was told to the other side; 0 for one that lacks what the hub needs to sell.
    told  INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE film (
    cinema   TEXT NOT NULL REFERENCES cinema (id),
    id       TEXT NOT NULL,
    version  INTEGER NOT NULL,
    body     TEXT NOT NULL,
    PRIMARY KEY (cinema, id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE price_book (
    cinema   TEXT NOT NULL REFERENCES cinema (id),
    id       TEXT NOT NULL,
    version  INTEGER NOT NULL,
    body     TEXT NOT NULL,
    PRIMARY KEY (cinema, id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE auditorium (
    cinema  TEXT NOT NULL REFERENCES cinema (id),
    id      TEXT NOT NULL,
    plan    INTEGER NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (cinema, id, plan)
) STRICT, WITHOUT ROWID;

CREATE TABLE showtime (
    key                 INTEGER NOT NULL PRIMARY KEY,
    cinema              TEXT NOT NULL REFERENCES cinema (id),
    id                  TEXT NOT NULL,
    auditorium          TEXT NOT NULL,
    plan                INTEGER NOT NULL,
    film                TEXT NOT NULL,
    film_version        INTEGER NOT NULL,
    price_book          TEXT NOT NULL,
    price_book_version  INTEGER NOT NULL,
    starts_at           INTEGER NOT NULL,
    sales_end_at        INTEGER NOT NULL,
    ends_at             INTEGER NOT NULL,
    state               TEXT NOT NULL CHECK (state IN ('open', 'closed', 'cancelled')),
    -- Raised with every change of a seat.
    map_version         INTEGER NOT NULL DEFAULT 0,
    -- Why this side must not sell it, though it takes place.
    withheld            TEXT,
    body                TEXT NOT NULL,
    UNIQUE (cinema, id),
    FOREIGN KEY (cinema, auditorium, plan) REFERENCES auditorium (cinema, id, plan),
    FOREIGN KEY (cinema, film, film_version) REFERENCES film (cinema, id, version),
    FOREIGN KEY (cinema, price_book, price_book_version) REFERENCES price_book (cinema, id, version)
) STRICT;
CREATE INDEX showtime_by_end ON showtime (ends_at);

-- Authority. At the hub a seat without a row is the cinema's, at epoch 0.
CREATE TABLE seat (
    showtime  INTEGER NOT NULL REFERENCES showtime (key),
    place     INTEGER NOT NULL,
    seat      TEXT NOT NULL,
    epoch     INTEGER NOT NULL DEFAULT 0,
    edition   INTEGER NOT NULL DEFAULT 0,
    state     TEXT NOT NULL DEFAULT 'free'
              CHECK (state IN ('free', 'held', 'sold', 'blocked', 'revoking', 'quarantine', 'taken_over')),
    holder    TEXT CHECK ((holder IS NULL) = (state IN ('free', 'quarantine'))),
    PRIMARY KEY (showtime, place),
    UNIQUE (showtime, seat)
) STRICT, WITHOUT ROWID;

-- Display. What the other side has told of its seats; no decision loads it.
CREATE TABLE seat_heard (
    showtime  INTEGER NOT NULL REFERENCES showtime (key),
    seat      TEXT NOT NULL,
    epoch     INTEGER NOT NULL,
    state     TEXT NOT NULL,
    PRIMARY KEY (showtime, seat)
) STRICT, WITHOUT ROWID;

CREATE TABLE hold (
    id            TEXT NOT NULL PRIMARY KEY,
    showtime      INTEGER NOT NULL REFERENCES showtime (key),
    buyer_kind    TEXT NOT NULL CHECK (buyer_kind IN ('device', 'guest')),
    buyer         TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('open', 'paying', 'settled', 'releasing', 'ended')),
    -- The point of the counter's running time at which an open hold ends, or what is left of one that stands still.
    ends_ms       INTEGER NOT NULL,
    extended      INTEGER NOT NULL DEFAULT 0,
    lines         TEXT NOT NULL,
    currency      TEXT NOT NULL,
    total_minor   INTEGER NOT NULL,
    tax_minor     INTEGER NOT NULL,
    language      TEXT NOT NULL,
    key           TEXT NOT NULL,
    request_hash  BLOB NOT NULL,
    UNIQUE (buyer_kind, buyer, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX hold_under_way ON hold (buyer_kind, buyer) WHERE state IN ('open', 'paying', 'releasing');
CREATE INDEX hold_running ON hold (ends_ms) WHERE state = 'open';

CREATE TABLE payment (
    id              TEXT NOT NULL PRIMARY KEY,
    hold            TEXT NOT NULL REFERENCES hold (id),
    -- Which payment of the hold, from 0.
    nth             INTEGER NOT NULL,
    buyer_kind      TEXT NOT NULL,
    buyer           TEXT NOT NULL,
    means           TEXT NOT NULL CHECK (means IN ('cash', 'card')),
    -- What whoever takes the money calls it, where that is not our id.
    reference       TEXT,
    currency        TEXT NOT NULL,
    amount_minor    INTEGER NOT NULL CHECK (amount_minor > 0),
    given_minor     INTEGER,
    state           TEXT NOT NULL,
    captured_minor  INTEGER NOT NULL DEFAULT 0,
    returned_minor  INTEGER NOT NULL DEFAULT 0,
    -- Whether whoever takes the money has said so themselves; a person may have.
    heard           INTEGER NOT NULL,
    -- Whether something is still to be done: they must be asked, or a person must give it back.
    open            INTEGER NOT NULL,
    last_four       TEXT,
    authorisation   TEXT,
    started_at      INTEGER NOT NULL,
    key             TEXT NOT NULL,
    request_hash    BLOB NOT NULL,
    UNIQUE (buyer_kind, buyer, key),
    UNIQUE (hold, nth)
) STRICT, WITHOUT ROWID;
CREATE INDEX payment_open ON payment (id) WHERE open = 1;

CREATE TABLE receipt_series (
    cinema  TEXT NOT NULL,
    series  INTEGER NOT NULL,
    last    INTEGER NOT NULL,
    PRIMARY KEY (cinema, series)
) STRICT, WITHOUT ROWID;

CREATE TABLE sale (
    id               TEXT NOT NULL PRIMARY KEY,
    hold             TEXT NOT NULL UNIQUE REFERENCES hold (id),
    buyer_kind       TEXT NOT NULL,
    buyer            TEXT NOT NULL,
    cinema           TEXT NOT NULL,
    showtime         INTEGER NOT NULL REFERENCES showtime (key),
    series           INTEGER NOT NULL,
    number           INTEGER NOT NULL,
    sold_at          INTEGER NOT NULL,
    currency         TEXT NOT NULL,
    total_minor      INTEGER NOT NULL,
    tax_minor        INTEGER NOT NULL,
    change_minor     INTEGER NOT NULL,
    collection_code  TEXT NOT NULL,
    -- What was sold, in the words of that day: seller, film, room, tax.
    facts            TEXT NOT NULL,
    key              TEXT,
    request_hash     BLOB,
    UNIQUE (cinema, series, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX sale_by_key ON sale (buyer_kind, buyer, key) WHERE key IS NOT NULL;

CREATE TABLE ticket (
    id           TEXT NOT NULL PRIMARY KEY,
    sale         TEXT NOT NULL REFERENCES sale (id),
    showtime     INTEGER NOT NULL REFERENCES showtime (key),
    place        INTEGER NOT NULL,
    seat         TEXT NOT NULL,
    plan         INTEGER NOT NULL,
    seller       TEXT NOT NULL CHECK (seller IN ('cinema', 'hub')),
    epoch        INTEGER NOT NULL,
    edition      INTEGER NOT NULL,
    kind         TEXT NOT NULL,
    currency     TEXT NOT NULL,
    price_minor  INTEGER NOT NULL,
    tax_minor    INTEGER NOT NULL,
    starts_at    INTEGER NOT NULL,
    live         INTEGER NOT NULL DEFAULT 1,
    disputed     INTEGER NOT NULL DEFAULT 0,
    -- Seat and kind in the words of that day.
    facts        TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX ticket_live ON ticket (showtime, seat) WHERE live = 1 AND disputed = 0;
CREATE INDEX ticket_of_sale ON ticket (sale);
