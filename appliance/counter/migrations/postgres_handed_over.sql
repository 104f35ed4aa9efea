-- Whether the guest has what they bought, and whoever sells may forget it.
ALTER TABLE sale ADD COLUMN handed_over BIGINT NOT NULL DEFAULT 0;
