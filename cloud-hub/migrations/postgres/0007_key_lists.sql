-- The newest list of each cinema's keys, as its root has signed it, and with which of them the hub signs the cinema's tickets: the newest
-- that its box is known to have; and up to where the box must have heard the hub before what an older one has signed is doubted.
CREATE TABLE key_list (
    cinema     TEXT NOT NULL PRIMARY KEY,
    number     BIGINT NOT NULL CHECK (number >= 1),
    root       BYTEA NOT NULL CHECK (length(root) = 32),
    list       BYTEA NOT NULL,
    signs_with BYTEA CHECK (length(signs_with) = 32),
    heard_to   BIGINT NOT NULL DEFAULT 0
);
