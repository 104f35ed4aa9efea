-- The boxes whose place another has taken; what they signed is still believed.
CREATE TABLE former_box (
    cinema             TEXT NOT NULL,
    device             TEXT NOT NULL,
    frame_key          BLOB NOT NULL,
    ticket_key         BLOB NOT NULL,
    incarnation        INTEGER NOT NULL,
    incarnation_random BLOB NOT NULL,
    enrolled_ms        INTEGER NOT NULL,
    heard_ms           INTEGER,
    replaced_ms        INTEGER NOT NULL,
    PRIMARY KEY (cinema, device)
) STRICT, WITHOUT ROWID;

-- The box whose place may be taken by whoever presents the code.
ALTER TABLE enrolment_code ADD COLUMN replaces TEXT;
