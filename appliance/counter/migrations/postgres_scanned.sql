-- Hand-over codes that have moved custody here: how many they are is told the hub, and a person may ask when.
CREATE TABLE scanned_code (
    cinema TEXT NOT NULL,
    name   BYTEA NOT NULL CHECK (length(name) = 32),
    seats  BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    PRIMARY KEY (cinema, name)
);
-- Custody that came by a code, and has not come by the stream yet.
CREATE TABLE scanned_grant (
    cinema   TEXT NOT NULL,
    showtime TEXT NOT NULL,
    seat     TEXT NOT NULL,
    epoch    BIGINT NOT NULL,
    PRIMARY KEY (cinema, showtime, seat, epoch)
);
