-- What a box knows from the hub of those whose place it has taken, showtime by showtime; applied once the showtime is known here.
CREATE TABLE former_showtime (
    cinema   TEXT NOT NULL,
    showtime TEXT NOT NULL,
    -- Seats and tickets as the hub told them, in JSON.
    body     TEXT NOT NULL,
    applied  BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (cinema, showtime)
);

-- With which keys they signed tickets.
CREATE TABLE former_ticket_key (
    cinema TEXT NOT NULL,
    key    BYTEA NOT NULL,
    PRIMARY KEY (cinema, key)
);

-- Whether an earlier life of this side ended with what nobody remembers.
ALTER TABLE standing ADD COLUMN has_forgotten BIGINT NOT NULL DEFAULT 0;

-- Whether a life that nobody remembers may have let its guest in.
ALTER TABLE ticket_heard ADD COLUMN maybe_admitted BIGINT NOT NULL DEFAULT 0;
