-- The boxes whose place another has taken; what they signed is still believed.
CREATE TABLE former_box (
    cinema             TEXT NOT NULL,
    device             TEXT NOT NULL,
    frame_key          BYTEA NOT NULL,
    ticket_key         BYTEA NOT NULL,
    incarnation        BIGINT NOT NULL,
    incarnation_random BYTEA NOT NULL,
    enrolled_ms        BIGINT NOT NULL,
    heard_ms           BIGINT,
    replaced_ms        BIGINT NOT NULL,
    PRIMARY KEY (cinema, device)
);

-- The box whose place may be taken by whoever presents the code.
ALTER TABLE enrolment_code ADD COLUMN replaces TEXT;
