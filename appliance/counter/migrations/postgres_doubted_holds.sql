-- Whether a hold is of before what this side has forgotten, as a person has accepted: its seats may be sold there, so that they are free no more
-- when it ends unsold.
ALTER TABLE hold ADD COLUMN doubted BIGINT NOT NULL DEFAULT 0;

-- Whoever was paying for seats of a cinema that a person has taken as it is, and that has not told since what was forgotten.
UPDATE hold SET doubted = 1 WHERE state <> 'settled' AND state <> 'ended' AND showtime IN (
    SELECT key FROM showtime WHERE cinema IN (SELECT cinema FROM standing WHERE frozen = 0 AND reason IN ('copy', 'behind'))
);
