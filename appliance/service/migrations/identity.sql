-- By what a database, the keys beside it and their folder know one another: its name, and a fingerprint of each key. A row without a name is
-- of a database that was in use before there were names.
CREATE TABLE identity (
    one     INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    name    BLOB,
    frame   BLOB,
    ticket  BLOB
) STRICT;
