-- What a case is about, and when it was settled by a later fact. Without the one it is settled by nobody.
ALTER TABLE dispute ADD COLUMN about TEXT;
ALTER TABLE dispute ADD COLUMN settled_ms INTEGER;
CREATE INDEX dispute_about ON dispute (cinema, about) WHERE about IS NOT NULL;
