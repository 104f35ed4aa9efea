-- Where guests at home are written to, by the hold that they buy, until a while after their showtime. It leaves the hub only as the address of a message.
CREATE TABLE contact (
    hold       TEXT NOT NULL PRIMARY KEY,
    cinema     TEXT NOT NULL,
    showtime   TEXT NOT NULL,
    sale       TEXT,
    address    TEXT NOT NULL,
    -- When and where it is, as whoever bought was told last.
    starts_at  BIGINT,
    room       TEXT,
    -- How often it was moved, and how often that was looked at.
    moves      BIGINT NOT NULL DEFAULT 0,
    looked     BIGINT NOT NULL DEFAULT 0,
    -- Nothing is kept of it from then on.
    kept_until BIGINT NOT NULL
);
CREATE INDEX contact_of_sale ON contact (sale) WHERE sale IS NOT NULL;
CREATE INDEX contact_of_showtime ON contact (cinema, showtime) WHERE sale IS NOT NULL;
CREATE INDEX contact_moved ON contact (hold) WHERE moves > looked;
CREATE INDEX contact_kept ON contact (kept_until);

-- What guests are told. What it says is drawn when it is sent.
CREATE TABLE message (
    id         TEXT NOT NULL PRIMARY KEY,
    hold       TEXT NOT NULL REFERENCES contact (hold),
    kind       TEXT NOT NULL,
    state      TEXT NOT NULL,
    -- How many causes it tells of: one that comes while it is being sent is told by another.
    causes     BIGINT NOT NULL,
    tries      BIGINT NOT NULL,
    why        TEXT NOT NULL,
    written_at BIGINT NOT NULL,
    ended_at   BIGINT
);
CREATE INDEX message_of_contact ON message (hold);
CREATE INDEX message_unsent ON message (written_at) WHERE state IN ('waiting', 'failed');

-- What each message tells of, so that nothing is told twice.
CREATE TABLE message_cause (
    cause   TEXT NOT NULL PRIMARY KEY,
    message TEXT NOT NULL REFERENCES message (id)
);
CREATE INDEX cause_of_message ON message_cause (message);
