-- Hand-over codes that have moved custody here: how many they are is told the hub, and a person may ask when.
CREATE TABLE scanned_code (
    cinema TEXT NOT NULL,
    name   BLOB NOT NULL CHECK (length(name) = 32),
    seats  INTEGER NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (cinema, name)
) STRICT, WITHOUT ROWID;
-- Custody that came by a code, and has not come by the stream yet.
CREATE TABLE scanned_grant (
    cinema   TEXT NOT NULL,
    showtime TEXT NOT NULL,
    seat     TEXT NOT NULL,
    epoch    INTEGER NOT NULL,
    PRIMARY KEY (cinema, showtime, seat, epoch)
) STRICT, WITHOUT ROWID;
