-- A device may be one at the door, with which an usher lets guests in.
CREATE TABLE new_device (
    id          TEXT NOT NULL PRIMARY KEY,
    kind        TEXT NOT NULL CHECK (kind = 'kiosk' OR kind = 'till' OR kind = 'door'),
    name        TEXT NOT NULL,
    token_hash  BLOB NOT NULL UNIQUE,
    paired_at   INTEGER NOT NULL,
    seen_at     INTEGER,
    revoked_at  INTEGER
) STRICT, WITHOUT ROWID;
INSERT INTO new_device SELECT id, kind, name, token_hash, paired_at, seen_at, revoked_at FROM device;
DROP TABLE device;
ALTER TABLE new_device RENAME TO device;

CREATE TABLE new_pairing_code (
    code_hash   BLOB NOT NULL PRIMARY KEY,
    kind        TEXT NOT NULL CHECK (kind = 'kiosk' OR kind = 'till' OR kind = 'door'),
    expires_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO new_pairing_code SELECT code_hash, kind, expires_at FROM pairing_code;
DROP TABLE pairing_code;
ALTER TABLE new_pairing_code RENAME TO pairing_code;
