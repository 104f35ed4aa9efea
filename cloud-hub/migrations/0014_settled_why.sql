-- Why a person has closed a case of what a cinema told; nothing of one that a later fact has settled.
ALTER TABLE dispute ADD COLUMN settled_why TEXT;

-- Head office asks for those that are open at every look.
CREATE INDEX dispute_open ON dispute (id) WHERE settled_ms IS NULL;
