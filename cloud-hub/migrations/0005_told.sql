-- What the cinemas told stands beside what the hub's counter has; the names without "told" are the counter's.
DROP INDEX showtime_by_day;
DROP INDEX ticket_of_seat;
ALTER TABLE cinema RENAME TO told_cinema;
ALTER TABLE auditorium RENAME TO told_auditorium;
ALTER TABLE showtime RENAME TO told_showtime;
ALTER TABLE sale RENAME TO told_sale;
ALTER TABLE ticket RENAME TO told_ticket;
ALTER TABLE tender RENAME TO told_tender;
ALTER TABLE refund RENAME TO told_refund;
ALTER TABLE day_sum RENAME TO told_day_sum;
ALTER TABLE seats_sold RENAME TO told_seats_sold;
CREATE INDEX told_showtime_by_day ON told_showtime (cinema, day);
-- At most one undisputed ticket a seat.
CREATE UNIQUE INDEX told_ticket_of_seat ON told_ticket (cinema, showtime, seat) WHERE disputed = 0;

-- Why the hub must not sell a showtime. What was told before today lacks what selling needs; its box tells it once more.
ALTER TABLE told_showtime ADD COLUMN withheld TEXT;
UPDATE told_showtime SET withheld = 'told_incompletely';

-- Films and price books as each cinema has them: two cinemas may each have a version 1. Whose the known ones are is only sure where there
-- is one cinema; elsewhere each box tells its own once more.
CREATE TABLE told_content (
    cinema  TEXT NOT NULL,
    kind    TEXT NOT NULL,
    id      TEXT NOT NULL,
    version INTEGER NOT NULL,
    name    TEXT NOT NULL,
    hash    BLOB NOT NULL,
    body    BLOB NOT NULL,
    -- Whether the cinema has told other content under this version, by which it sells and the hub does not.
    refused INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (cinema, kind, id, version)
) STRICT, WITHOUT ROWID;
INSERT INTO told_content (cinema, kind, id, version, name, hash, body)
SELECT c.id, o.kind, o.id, o.version, o.name, o.hash, o.body FROM content o, told_cinema c WHERE (SELECT COUNT(*) FROM told_cinema) = 1;
DROP TABLE content;

-- No box has ever given a seat away: custody begins with the counter's own table.
DROP TABLE seat_of_hub;
