-- That the hub refuses this box as a copy of the one that it heard last: nothing is sold until it does so no more, or a person decides.
CREATE TABLE hub_refuses (
    one       INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    accepted  INTEGER NOT NULL DEFAULT 0
) STRICT;
