-- Why a job is not printed and stops no other: it waits for a person.
ALTER TABLE print_job ADD COLUMN aside TEXT;
-- When a person asked for the paper once more.
ALTER TABLE print_job ADD COLUMN asked_at INTEGER;
DROP INDEX print_job_waiting;
CREATE INDEX print_job_waiting ON print_job (id) WHERE state <> 'printed' AND aside IS NULL;
CREATE INDEX print_job_aside ON print_job (id) WHERE aside IS NOT NULL;
