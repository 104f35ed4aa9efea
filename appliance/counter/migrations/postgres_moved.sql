-- The plans whose seats a showtime had before it went to the room that it is in: what is told under their names is of its seats.
CREATE TABLE plan_before (
    showtime   BIGINT  NOT NULL REFERENCES showtime (key),
    auditorium TEXT    NOT NULL,
    plan       BIGINT  NOT NULL,
    moved_at   BIGINT  NOT NULL,
    PRIMARY KEY (showtime, auditorium, plan)
);

-- Free seats that it had there and has not here: should it have them again, they go on from there, for no epoch falls.
CREATE TABLE seat_before (
    showtime BIGINT  NOT NULL REFERENCES showtime (key),
    seat     TEXT    NOT NULL,
    epoch    BIGINT  NOT NULL,
    edition  BIGINT  NOT NULL,
    PRIMARY KEY (showtime, seat)
);
