-- What head office was told last of a printer that does not print; no row, if it prints.
CREATE TABLE printer_told (
    one      INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    trouble  TEXT NOT NULL,
    since_ms INTEGER NOT NULL
) STRICT;
