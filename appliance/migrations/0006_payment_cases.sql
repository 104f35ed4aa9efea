CREATE TABLE payment_case (
    tender          TEXT NOT NULL PRIMARY KEY REFERENCES tender (id),
    stage           TEXT NOT NULL CHECK (stage IN ('unknown', 'refund_owed', 'closed')),
    opened_at       INTEGER NOT NULL,
    -- Until it has, the terminal is asked whatever a person decided.
    terminal_spoke  INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE INDEX payment_case_open ON payment_case (opened_at) WHERE stage <> 'closed';
CREATE INDEX payment_case_unheard ON payment_case (tender) WHERE terminal_spoke = 0;

CREATE TABLE payment_case_move (
    id      INTEGER NOT NULL PRIMARY KEY,
    tender  TEXT NOT NULL REFERENCES payment_case (tender),
    at      INTEGER NOT NULL,
    by      TEXT NOT NULL CHECK (by IN ('box', 'person', 'terminal')),
    what    TEXT NOT NULL,
    reason  TEXT NOT NULL
) STRICT;

CREATE INDEX payment_case_move_of ON payment_case_move (tender);
