-- The newest list of the cinema's keys of each hub that the box was enrolled with, as the hub's root has signed it; and which root counts.
CREATE TABLE key_list (
    root   BLOB NOT NULL PRIMARY KEY CHECK (length(root) = 32),
    cinema TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number >= 1),
    list   BLOB NOT NULL
) STRICT;
ALTER TABLE link ADD COLUMN key_root BLOB CHECK (length(key_root) = 32);
