-- When a device was last heard, and since when it is none any more: its sales keep naming it.
ALTER TABLE device ADD COLUMN seen_at INTEGER;
ALTER TABLE device ADD COLUMN revoked_at INTEGER;
