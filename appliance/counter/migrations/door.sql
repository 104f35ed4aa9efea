-- Tickets that the other side has sold, as it told of them or as they were presented before it did. Nobody who bought is named.
CREATE TABLE ticket_heard (
    cinema    TEXT NOT NULL,
    ticket    TEXT NOT NULL,
    showtime  TEXT NOT NULL,
    seat      TEXT NOT NULL,
    seller    TEXT NOT NULL CHECK (seller = 'cinema' OR seller = 'hub'),
    epoch     INTEGER NOT NULL,
    edition   INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    -- The sale that it was told with; none yet for one that was only presented.
    sale      TEXT,
    state     TEXT NOT NULL CHECK (state = 'live' OR state = 'revoking' OR state = 'revoked' OR state = 'unproven'),
    PRIMARY KEY (cinema, ticket)
) STRICT, WITHOUT ROWID;
CREATE INDEX ticket_heard_of_seat ON ticket_heard (cinema, showtime, seat);

-- Whose guest was let in, when, and by which device. At the hub, as the cinemas told of it.
CREATE TABLE admission (
    cinema        TEXT NOT NULL,
    ticket        TEXT NOT NULL,
    showtime      TEXT NOT NULL,
    seat          TEXT NOT NULL,
    seller        TEXT NOT NULL CHECK (seller = 'cinema' OR seller = 'hub'),
    epoch         INTEGER NOT NULL,
    edition       INTEGER NOT NULL,
    kind          TEXT NOT NULL,
    device        TEXT NOT NULL,
    at            INTEGER NOT NULL,
    -- Whether everything was remembered that could have spoken against it.
    proven        INTEGER NOT NULL,
    -- Whether no record knew the ticket.
    found         INTEGER NOT NULL,
    -- Whether the other side was told.
    told          INTEGER NOT NULL,
    key           TEXT,
    request_hash  BLOB,
    PRIMARY KEY (cinema, ticket)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX admission_by_key ON admission (device, key) WHERE key IS NOT NULL;
CREATE INDEX admission_of_showtime ON admission (cinema, showtime);
CREATE INDEX admission_untold ON admission (cinema, at) WHERE told = 0;
