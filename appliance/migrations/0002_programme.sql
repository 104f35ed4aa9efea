CREATE TABLE cinema (
    one   INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    body  TEXT NOT NULL
) STRICT;

CREATE TABLE film (
    id       TEXT NOT NULL,
    version  INTEGER NOT NULL,
    body     TEXT NOT NULL,
    PRIMARY KEY (id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE price_book (
    id       TEXT NOT NULL,
    version  INTEGER NOT NULL,
    body     TEXT NOT NULL,
    PRIMARY KEY (id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE auditorium (
    id    TEXT NOT NULL,
    plan  INTEGER NOT NULL,
    body  TEXT NOT NULL,
    PRIMARY KEY (id, plan)
) STRICT, WITHOUT ROWID;

CREATE TABLE showtime (
    id                  TEXT NOT NULL PRIMARY KEY,
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
    body                TEXT NOT NULL,
    FOREIGN KEY (auditorium, plan) REFERENCES auditorium (id, plan),
    FOREIGN KEY (film, film_version) REFERENCES film (id, version),
    FOREIGN KEY (price_book, price_book_version) REFERENCES price_book (id, version)
) STRICT, WITHOUT ROWID;

CREATE INDEX showtime_by_end ON showtime (ends_at);
