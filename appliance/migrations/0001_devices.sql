CREATE TABLE device (
    id          TEXT NOT NULL PRIMARY KEY,
    kind        TEXT NOT NULL CHECK (kind IN ('kiosk', 'till')),
    name        TEXT NOT NULL,
    token_hash  BLOB NOT NULL UNIQUE,
    paired_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE pairing_code (
    code_hash   BLOB NOT NULL PRIMARY KEY,
    kind        TEXT NOT NULL CHECK (kind IN ('kiosk', 'till')),
    expires_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
