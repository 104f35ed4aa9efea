//! The tables of this crate, for the lists of migrations of either service: one text for each engine.

use database::Migration;

/// The tables of this crate, for the list of either service.
///
/// `place` is the number of the stream and of the event in one: see `StreamId::place`. So a stream lies together in one tree and
/// grows at its end, and an event costs the same however long the history is.
pub const MIGRATION: Migration = Migration {
    name: "mailbox: streams, events, frames and sessions",
    sql: "
CREATE TABLE stream (
    id                INTEGER PRIMARY KEY,
    cinema            TEXT    NOT NULL,
    direction         TEXT    NOT NULL CHECK (direction IN ('up', 'down')),
    life              INTEGER NOT NULL,
    life_random       BLOB    NOT NULL,
    -- 0 is the stream itself; forks of it count from 1.
    fork              INTEGER NOT NULL,
    -- The last event that is written here, or applied here.
    seq               INTEGER NOT NULL,
    hash              BLOB    NOT NULL,
    -- The last event that the reader has committed, where this side writes.
    acknowledged_seq  INTEGER NOT NULL,
    acknowledged_hash BLOB    NOT NULL,
    -- The event before which a reader stands, because it must understand it and does not.
    halted_seq        INTEGER,
    halted_kind       TEXT,
    UNIQUE (cinema, direction, life, life_random, fork)
) STRICT;
-- Events that are written here.
CREATE TABLE event (
    place INTEGER PRIMARY KEY,
    kind  TEXT NOT NULL,
    bytes BLOB NOT NULL
) STRICT;
-- Frames that came in, byte for byte; the place is that of the first event that was new in it.
CREATE TABLE frame (
    place       INTEGER PRIMARY KEY,
    last        INTEGER NOT NULL,
    received_ms INTEGER NOT NULL,
    -- The hashes of its new events, 32 bytes each.
    hashes      BLOB    NOT NULL,
    bytes       BLOB    NOT NULL
) STRICT;
CREATE TABLE session (
    cinema    TEXT    PRIMARY KEY,
    confirmed INTEGER NOT NULL,
    given     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE session_pending (
    cinema TEXT    NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (cinema, number)
) STRICT, WITHOUT ROWID;
",
};

/// How many events of each type wait for their reader, which a status line asks all the time. It comes after [`MIGRATION`], and
/// after what either service released before it.
pub const WAITING_MIGRATION: Migration = Migration {
    name: "mailbox: how many events wait",
    sql: "
CREATE TABLE waiting (
    stream INTEGER NOT NULL REFERENCES stream (id),
    kind   TEXT    NOT NULL,
    events INTEGER NOT NULL,
    PRIMARY KEY (stream, kind)
) STRICT, WITHOUT ROWID;
INSERT INTO waiting (stream, kind, events)
SELECT stream.id, event.kind, COUNT(*) FROM stream
JOIN event ON event.place > (stream.id << 40) + stream.acknowledged_seq AND event.place <= (stream.id << 40) + stream.seq
GROUP BY stream.id, event.kind;
",
};

/// What waits is counted by an index and no longer kept beside. It comes after [`WAITING_MIGRATION`].
pub const KINDS_MIGRATION: Migration = Migration {
    name: "mailbox: events by their type",
    sql: "
DROP TABLE waiting;
CREATE INDEX event_by_kind ON event (kind, place);
",
};

/// Up to where the chain of a stream that is written here was checked. It comes after [`KINDS_MIGRATION`].
pub const CHECKED_MIGRATION: Migration = Migration {
    name: "mailbox: how far a stream was checked",
    sql: "
ALTER TABLE stream ADD COLUMN checked_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE stream ADD COLUMN checked_hash BLOB;
",
};

/// The same in PostgreSQL's words. It comes after [`POSTGRES_MIGRATION`].
pub const POSTGRES_CHECKED_MIGRATION: Migration = Migration {
    name: "mailbox: how far a stream was checked",
    sql: "
ALTER TABLE stream ADD COLUMN checked_seq BIGINT NOT NULL DEFAULT 0;
ALTER TABLE stream ADD COLUMN checked_hash BYTEA;
",
};

/// Where what is kept of a stream begins, and what says so. It comes after [`CHECKED_MIGRATION`].
pub const PRUNED_MIGRATION: Migration = Migration {
    name: "mailbox: where a stream begins",
    sql: "
-- From behind which event it is read, where a box has taken the place of another.
ALTER TABLE stream ADD COLUMN opened_seq INTEGER NOT NULL DEFAULT 0;
-- The event behind which what is kept here begins: the last that is pruned, or that one.
ALTER TABLE stream ADD COLUMN pruned_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE stream ADD COLUMN pruned_hash BLOB;
-- How far the oldest copy of this database that may be put back has the stream.
ALTER TABLE stream ADD COLUMN copy_seq INTEGER NOT NULL DEFAULT 0;
-- The same of the other side's copy, as it was told last: what comes after it is kept.
ALTER TABLE stream ADD COLUMN needed_seq INTEGER;
-- Where a stream ended on some day of the running time.
CREATE TABLE stream_day (
    stream     INTEGER NOT NULL REFERENCES stream (id),
    running_ms INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    PRIMARY KEY (stream, running_ms)
) STRICT, WITHOUT ROWID;
",
};

/// The same in PostgreSQL's words. It comes after [`POSTGRES_CHECKED_MIGRATION`].
pub const POSTGRES_PRUNED_MIGRATION: Migration = Migration {
    name: "mailbox: where a stream begins",
    sql: "
ALTER TABLE stream ADD COLUMN opened_seq BIGINT NOT NULL DEFAULT 0;
ALTER TABLE stream ADD COLUMN pruned_seq BIGINT NOT NULL DEFAULT 0;
ALTER TABLE stream ADD COLUMN pruned_hash BYTEA;
ALTER TABLE stream ADD COLUMN copy_seq BIGINT NOT NULL DEFAULT 0;
ALTER TABLE stream ADD COLUMN needed_seq BIGINT;
CREATE TABLE stream_day (
    stream     BIGINT NOT NULL REFERENCES stream (id),
    running_ms BIGINT NOT NULL,
    seq        BIGINT NOT NULL,
    PRIMARY KEY (stream, running_ms)
);
",
};

/// The same in PostgreSQL's words, as the three end: no service ran on it before them.
pub const POSTGRES_MIGRATION: Migration = Migration {
    name: "mailbox",
    sql: "
CREATE TABLE stream (
    id                BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    cinema            TEXT   NOT NULL,
    direction         TEXT   NOT NULL CHECK (direction IN ('up', 'down')),
    life              BIGINT NOT NULL,
    life_random       BYTEA  NOT NULL,
    fork              BIGINT NOT NULL,
    seq               BIGINT NOT NULL,
    hash              BYTEA  NOT NULL,
    acknowledged_seq  BIGINT NOT NULL,
    acknowledged_hash BYTEA  NOT NULL,
    halted_seq        BIGINT,
    halted_kind       TEXT,
    UNIQUE (cinema, direction, life, life_random, fork)
);
CREATE TABLE event (
    place BIGINT PRIMARY KEY,
    kind  TEXT   NOT NULL,
    bytes BYTEA  NOT NULL
);
CREATE INDEX event_by_kind ON event (kind, place);
CREATE TABLE frame (
    place       BIGINT PRIMARY KEY,
    last        BIGINT NOT NULL,
    received_ms BIGINT NOT NULL,
    hashes      BYTEA  NOT NULL,
    bytes       BYTEA  NOT NULL
);
CREATE TABLE session (
    cinema    TEXT   PRIMARY KEY,
    confirmed BIGINT NOT NULL,
    given     BIGINT NOT NULL
);
CREATE TABLE session_pending (
    cinema TEXT   NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (cinema, number)
);
",
};
