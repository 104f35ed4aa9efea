CREATE TABLE print_job (
    id        INTEGER NOT NULL PRIMARY KEY,
    ticket    TEXT NOT NULL REFERENCES ticket (id),
    sale      TEXT NOT NULL REFERENCES sale (id),
    language  TEXT NOT NULL,
    state     TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'uncertain', 'printed')),
    copy      INTEGER NOT NULL DEFAULT 0,
    tries     INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX print_job_waiting ON print_job (id) WHERE state <> 'printed';
CREATE INDEX print_job_of_sale ON print_job (sale);
