-- Custody that the other side gave of what is not known here yet: a showtime, a plan or a seat. It is in transit until that is.
CREATE TABLE kept_grant (
    cinema     TEXT NOT NULL,
    showtime   TEXT NOT NULL,
    seat       TEXT NOT NULL,
    epoch      BIGINT NOT NULL,
    auditorium TEXT,
    plan       BIGINT NOT NULL,
    PRIMARY KEY (cinema, showtime, seat, epoch)
);
