-- See identity.sql.
CREATE TABLE identity (
    one     BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    name    BYTEA,
    frame   BYTEA,
    ticket  BYTEA
);
