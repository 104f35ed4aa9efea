-- Kiosks that call the staff, until somebody has been there.
CREATE TABLE told_staff_call (
    cinema    TEXT NOT NULL,
    device    TEXT NOT NULL,
    name      TEXT NOT NULL,
    since_ms  BIGINT NOT NULL,
    called_ms BIGINT NOT NULL,
    times     BIGINT NOT NULL,
    PRIMARY KEY (cinema, device)
);
