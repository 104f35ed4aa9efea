-- When custody of a seat passed, by the clock of this side, which gave or received it: for people, and no decision loads it.
CREATE TABLE custody_move (
    showtime  BIGINT NOT NULL REFERENCES showtime (key),
    seat      TEXT NOT NULL,
    epoch     BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (showtime, seat, epoch)
);
