-- What the hub keeps beside its counter's tables and its streams. No hub ran on PostgreSQL before these, so they begin as SQLite's
-- five migrations end.

-- The hub's own life; one row.
CREATE TABLE hub (
    one               BIGINT PRIMARY KEY CHECK (one = 1),
    generation        BIGINT NOT NULL,
    generation_random BYTEA NOT NULL
);

-- One-time codes by their hash; bound to the first key that presents one.
CREATE TABLE enrolment_code (
    hash      BYTEA PRIMARY KEY,
    cinema    TEXT NOT NULL,
    until_ms  BIGINT NOT NULL,
    made_ms   BIGINT NOT NULL,
    frame_key BYTEA
);

-- The box of each cinema.
CREATE TABLE box (
    cinema             TEXT PRIMARY KEY,
    device             TEXT NOT NULL,
    frame_key          BYTEA NOT NULL,
    ticket_key         BYTEA NOT NULL,
    incarnation        BIGINT NOT NULL,
    incarnation_random BYTEA NOT NULL,
    enrolled_ms        BIGINT NOT NULL,
    revoked_ms         BIGINT,
    heard_ms           BIGINT,
    program            TEXT
);

-- Who was refused, for what, how often and when last.
CREATE TABLE refused_contact (
    cinema TEXT NOT NULL,
    device TEXT NOT NULL,
    code   TEXT NOT NULL,
    reason TEXT NOT NULL,
    at_ms  BIGINT NOT NULL,
    times  BIGINT NOT NULL,
    PRIMARY KEY (cinema, device, code)
);

-- What the cinemas tell, each row with the cinema that wrote it; the hub writes none of it. No foreign keys: a fact is stored
-- even if what it names is not known.
CREATE TABLE told_cinema (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    zone       TEXT NOT NULL,
    currency   TEXT NOT NULL,
    day_starts BIGINT NOT NULL
);

CREATE TABLE told_auditorium (
    cinema TEXT NOT NULL,
    id     TEXT NOT NULL,
    plan   BIGINT NOT NULL,
    name   TEXT NOT NULL,
    seats  BIGINT NOT NULL,
    layout TEXT NOT NULL,
    PRIMARY KEY (cinema, id, plan)
);

CREATE TABLE told_showtime (
    cinema       TEXT NOT NULL,
    id           TEXT NOT NULL,
    film         TEXT NOT NULL,
    film_version BIGINT NOT NULL,
    auditorium   TEXT NOT NULL,
    plan         BIGINT NOT NULL,
    day          TEXT NOT NULL,
    start_ms     BIGINT NOT NULL,
    end_ms       BIGINT NOT NULL,
    book         TEXT NOT NULL,
    book_version BIGINT NOT NULL,
    language     TEXT NOT NULL,
    format       TEXT NOT NULL,
    seats        BIGINT NOT NULL,
    cancelled    TEXT,
    -- Why the hub must not sell it.
    withheld     TEXT,
    PRIMARY KEY (cinema, id)
);
CREATE INDEX told_showtime_by_day ON told_showtime (cinema, day);

CREATE TABLE told_sale (
    cinema         TEXT NOT NULL,
    id             TEXT NOT NULL,
    receipt_series BIGINT NOT NULL,
    receipt_number BIGINT NOT NULL,
    showtime       TEXT NOT NULL,
    device         TEXT NOT NULL,
    sold_ms        BIGINT NOT NULL,
    day            TEXT NOT NULL,
    currency       TEXT NOT NULL,
    total          BIGINT NOT NULL,
    tax            BIGINT NOT NULL,
    tickets        BIGINT NOT NULL,
    PRIMARY KEY (cinema, id)
);

CREATE TABLE told_ticket (
    cinema   TEXT NOT NULL,
    id       TEXT NOT NULL,
    sale     TEXT NOT NULL,
    showtime TEXT NOT NULL,
    plan     BIGINT NOT NULL,
    seat     TEXT NOT NULL,
    epoch    BIGINT NOT NULL,
    edition  BIGINT NOT NULL,
    kind     TEXT NOT NULL,
    price    BIGINT NOT NULL,
    tax      BIGINT NOT NULL,
    disputed BIGINT NOT NULL,
    PRIMARY KEY (cinema, id)
);
-- At most one undisputed ticket a seat.
CREATE UNIQUE INDEX told_ticket_of_seat ON told_ticket (cinema, showtime, seat) WHERE disputed = 0;

CREATE TABLE told_tender (
    cinema        TEXT NOT NULL,
    id            TEXT NOT NULL,
    sale          TEXT NOT NULL,
    way           TEXT NOT NULL,
    amount        BIGINT NOT NULL,
    last_four     TEXT,
    authorisation TEXT,
    PRIMARY KEY (cinema, id)
);

CREATE TABLE told_refund (
    cinema      TEXT NOT NULL,
    tender      TEXT NOT NULL,
    hold        TEXT NOT NULL,
    showtime    TEXT NOT NULL,
    device      TEXT NOT NULL,
    refunded_ms BIGINT NOT NULL,
    day         TEXT NOT NULL,
    currency    TEXT NOT NULL,
    amount      BIGINT NOT NULL,
    reason      TEXT NOT NULL,
    PRIMARY KEY (cinema, tender)
);

-- Films and price books as each cinema has them: two cinemas may each have a version 1.
CREATE TABLE told_content (
    cinema  TEXT NOT NULL,
    kind    TEXT NOT NULL,
    id      TEXT NOT NULL,
    version BIGINT NOT NULL,
    name    TEXT NOT NULL,
    hash    BYTEA NOT NULL,
    body    BYTEA NOT NULL,
    -- Whether the cinema has told other content under this version, by which it sells and the hub does not.
    refused BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (cinema, kind, id, version)
);

-- What head office reads all the time, kept with the rows that it sums up: reading it costs the same however much was sold.
CREATE TABLE told_day_sum (
    cinema  TEXT NOT NULL,
    day     TEXT NOT NULL,
    sales   BIGINT NOT NULL,
    tickets BIGINT NOT NULL,
    total   BIGINT NOT NULL,
    PRIMARY KEY (cinema, day)
);

-- The tickets of each showtime that are not disputed.
CREATE TABLE told_seats_sold (
    cinema   TEXT NOT NULL,
    showtime TEXT NOT NULL,
    seats    BIGINT NOT NULL,
    PRIMARY KEY (cinema, showtime)
);

-- What contradicts, for a person to decide: what it is about, and when it was settled by a later fact.
CREATE TABLE dispute (
    id         BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    at_ms      BIGINT NOT NULL,
    cinema     TEXT NOT NULL,
    seq        BIGINT NOT NULL,
    code       TEXT NOT NULL,
    words      TEXT NOT NULL,
    about      TEXT,
    settled_ms BIGINT
);
CREATE INDEX dispute_about ON dispute (cinema, about) WHERE about IS NOT NULL;
