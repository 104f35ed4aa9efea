-- What the cinemas tell, each row with the cinema that wrote it; the hub writes none of it. No foreign keys: a fact is stored
-- even if what it names is not known.
CREATE TABLE cinema (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    zone       TEXT NOT NULL,
    currency   TEXT NOT NULL,
    day_starts INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE auditorium (
    cinema TEXT NOT NULL,
    id     TEXT NOT NULL,
    plan   INTEGER NOT NULL,
    name   TEXT NOT NULL,
    seats  INTEGER NOT NULL,
    layout TEXT NOT NULL,
    PRIMARY KEY (cinema, id, plan)
) STRICT, WITHOUT ROWID;

CREATE TABLE showtime (
    cinema       TEXT NOT NULL,
    id           TEXT NOT NULL,
    film         TEXT NOT NULL,
    film_version INTEGER NOT NULL,
    auditorium   TEXT NOT NULL,
    plan         INTEGER NOT NULL,
    day          TEXT NOT NULL,
    start_ms     INTEGER NOT NULL,
    end_ms       INTEGER NOT NULL,
    book         TEXT NOT NULL,
    book_version INTEGER NOT NULL,
    language     TEXT NOT NULL,
    format       TEXT NOT NULL,
    seats        INTEGER NOT NULL,
    cancelled    TEXT,
    PRIMARY KEY (cinema, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX showtime_by_day ON showtime (cinema, day);

CREATE TABLE sale (
    cinema         TEXT NOT NULL,
    id             TEXT NOT NULL,
    receipt_series INTEGER NOT NULL,
    receipt_number INTEGER NOT NULL,
    showtime       TEXT NOT NULL,
    device         TEXT NOT NULL,
    sold_ms        INTEGER NOT NULL,
    day            TEXT NOT NULL,
    currency       TEXT NOT NULL,
    total          INTEGER NOT NULL,
    tax            INTEGER NOT NULL,
    tickets        INTEGER NOT NULL,
    PRIMARY KEY (cinema, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX sale_by_day ON sale (cinema, day);

CREATE TABLE ticket (
    cinema   TEXT NOT NULL,
    id       TEXT NOT NULL,
    sale     TEXT NOT NULL,
    showtime TEXT NOT NULL,
    plan     INTEGER NOT NULL,
    seat     TEXT NOT NULL,
    epoch    INTEGER NOT NULL,
    edition  INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    price    INTEGER NOT NULL,
    tax      INTEGER NOT NULL,
    disputed INTEGER NOT NULL,
    PRIMARY KEY (cinema, id)
) STRICT, WITHOUT ROWID;
-- At most one undisputed ticket a seat.
CREATE UNIQUE INDEX ticket_of_seat ON ticket (cinema, showtime, seat) WHERE disputed = 0;

CREATE TABLE tender (
    cinema        TEXT NOT NULL,
    id            TEXT NOT NULL,
    sale          TEXT NOT NULL,
    way           TEXT NOT NULL,
    amount        INTEGER NOT NULL,
    last_four     TEXT,
    authorisation TEXT,
    PRIMARY KEY (cinema, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE refund (
    cinema      TEXT NOT NULL,
    tender      TEXT NOT NULL,
    hold        TEXT NOT NULL,
    showtime    TEXT NOT NULL,
    device      TEXT NOT NULL,
    refunded_ms INTEGER NOT NULL,
    day         TEXT NOT NULL,
    currency    TEXT NOT NULL,
    amount      INTEGER NOT NULL,
    reason      TEXT NOT NULL,
    PRIMARY KEY (cinema, tender)
) STRICT, WITHOUT ROWID;

-- Films and price books are the hub's: what it adopted first under an id and version is what they are.
CREATE TABLE content (
    kind    TEXT NOT NULL,
    id      TEXT NOT NULL,
    version INTEGER NOT NULL,
    name    TEXT NOT NULL,
    hash    BLOB NOT NULL,
    body    BLOB NOT NULL,
    PRIMARY KEY (kind, id, version)
) STRICT, WITHOUT ROWID;

-- Seats that a cinema gave to the hub.
CREATE TABLE seat_of_hub (
    cinema   TEXT NOT NULL,
    showtime TEXT NOT NULL,
    plan     INTEGER NOT NULL,
    seat     TEXT NOT NULL,
    epoch    INTEGER NOT NULL,
    PRIMARY KEY (cinema, showtime, plan, seat)
) STRICT, WITHOUT ROWID;

-- What contradicts, for a person to decide.
CREATE TABLE dispute (
    id     INTEGER PRIMARY KEY,
    at_ms  INTEGER NOT NULL,
    cinema TEXT NOT NULL,
    seq    INTEGER NOT NULL,
    code   TEXT NOT NULL,
    words  TEXT NOT NULL
) STRICT;
