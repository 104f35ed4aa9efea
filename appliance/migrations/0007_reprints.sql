-- Who had the tickets of a sale printed again: when, and why.
CREATE TABLE reprint (
    id      INTEGER NOT NULL PRIMARY KEY,
    sale    TEXT NOT NULL REFERENCES sale (id),
    at      INTEGER NOT NULL,
    reason  TEXT NOT NULL
) STRICT;

CREATE INDEX reprint_of_sale ON reprint (sale);
