-- Seats of which nobody could say whether they were sold, up to this epoch, and which were sold again all the same or are claimed by both sides:
-- whoever bought one up to then is let in.
CREATE TABLE doubted_seat (
    showtime INTEGER NOT NULL REFERENCES showtime (key),
    seat     TEXT    NOT NULL,
    epoch    INTEGER NOT NULL,
    PRIMARY KEY (showtime, seat)
) STRICT, WITHOUT ROWID;
