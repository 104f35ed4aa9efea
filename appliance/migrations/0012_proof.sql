-- What the hub has proven that it knows of this box's stream, where the box has something else: nothing is sold until a person decides.
CREATE TABLE hub_knows (
    one       INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    seq       INTEGER NOT NULL,
    hash      BLOB NOT NULL,
    accepted  INTEGER NOT NULL DEFAULT 0
) STRICT;
-- What a person has taken as it is, although something may be missing.
CREATE TABLE accepted_loss (
    id      INTEGER NOT NULL PRIMARY KEY,
    at      INTEGER NOT NULL,
    what    TEXT NOT NULL,
    reason  TEXT NOT NULL
) STRICT;
