-- What head office reads all the time, kept with the rows that it sums up: reading it costs the same however much was sold.
CREATE TABLE day_sum (
    cinema  TEXT NOT NULL,
    day     TEXT NOT NULL,
    sales   INTEGER NOT NULL,
    tickets INTEGER NOT NULL,
    total   INTEGER NOT NULL,
    PRIMARY KEY (cinema, day)
) STRICT, WITHOUT ROWID;
INSERT INTO day_sum (cinema, day, sales, tickets, total)
SELECT cinema, day, COUNT(*), SUM(tickets), SUM(total) FROM sale GROUP BY cinema, day;

-- The tickets of each showtime that are not disputed.
CREATE TABLE seats_sold (
    cinema   TEXT NOT NULL,
    showtime TEXT NOT NULL,
    seats    INTEGER NOT NULL,
    PRIMARY KEY (cinema, showtime)
) STRICT, WITHOUT ROWID;
INSERT INTO seats_sold (cinema, showtime, seats)
SELECT cinema, showtime, COUNT(*) FROM ticket WHERE disputed = 0 GROUP BY cinema, showtime;

DROP INDEX sale_by_day;
