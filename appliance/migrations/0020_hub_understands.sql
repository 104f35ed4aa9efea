-- The event types that the hub has said it understands, with its last Hello.
ALTER TABLE link ADD COLUMN hub_understands TEXT;
