-- When custody of a seat passed, by the clock of this side, which gave or received it: for people, and no decision loads it.
CREATE TABLE custody_move (
    showtime  INTEGER NOT NULL REFERENCES showtime (key),
    seat      TEXT NOT NULL,
    epoch     INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (showtime, seat, epoch)
) STRICT, WITHOUT ROWID;
