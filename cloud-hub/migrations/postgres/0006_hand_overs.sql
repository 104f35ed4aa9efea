-- Which free seats of the hub somebody handed over to a cinema, so that nobody does it twice, and who did.
CREATE TABLE hand_over (
    key          TEXT NOT NULL PRIMARY KEY,
    request_hash BYTEA NOT NULL CHECK (length(request_hash) = 32),
    cinema       TEXT NOT NULL,
    showtime     TEXT NOT NULL,
    seats        BIGINT NOT NULL,
    by_whom      TEXT NOT NULL,
    at_ms        BIGINT NOT NULL
);
