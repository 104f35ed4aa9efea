-- How far a ticket is on its way back; nothing, for one that nobody has asked back. One that is asked back stands until the cinema answers.
ALTER TABLE ticket ADD COLUMN taken_back TEXT
    CHECK (taken_back IS NULL OR taken_back = 'asked' OR taken_back = 'revoked' OR taken_back = 'unproven');

-- A sold ticket on its way back: whether the cinema takes it back, and its money.
CREATE TABLE refund (
    ticket        TEXT NOT NULL PRIMARY KEY REFERENCES ticket (id),
    sale          TEXT NOT NULL REFERENCES sale (id),
    cinema        TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state = 'requested' OR state = 'revoking' OR state = 'owed' OR state = 'done' OR state = 'refused'),
    -- The payment that gives the money back; nothing, where a person must.
    payment       TEXT REFERENCES payment (id),
    currency      TEXT NOT NULL,
    amount_minor  INTEGER NOT NULL CHECK (amount_minor >= 0),
    asked_at      INTEGER NOT NULL,
    -- Whether the cinema or whoever gives the money is still waited for.
    open          INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX refund_open ON refund (ticket) WHERE open = 1;
CREATE INDEX refund_of_sale ON refund (sale);

-- Who has asked for tickets to be taken back, and why, if that was said.
CREATE TABLE refund_request (
    asked_by      TEXT NOT NULL,
    key           TEXT NOT NULL,
    request_hash  BLOB NOT NULL,
    sale          TEXT NOT NULL REFERENCES sale (id),
    asked_at      INTEGER NOT NULL,
    reason        TEXT NOT NULL,
    PRIMARY KEY (asked_by, key)
) STRICT, WITHOUT ROWID;
