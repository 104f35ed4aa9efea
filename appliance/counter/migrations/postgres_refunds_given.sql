-- What has gone back for a ticket, and by whom: whoever took the money, and a person's hand. What was done before by hand a person has said.
ALTER TABLE refund ADD COLUMN given_minor BIGINT NOT NULL DEFAULT 0 CHECK (given_minor >= 0);
ALTER TABLE refund ADD COLUMN by_hand_minor BIGINT NOT NULL DEFAULT 0 CHECK (by_hand_minor >= 0);
UPDATE refund SET by_hand_minor = amount_minor WHERE state = 'done' AND EXISTS (SELECT 1 FROM case_move
    WHERE case_move.kind = 'refund' AND case_move.about = refund.ticket AND case_move.what = 'given_back');
UPDATE refund SET given_minor = amount_minor - by_hand_minor WHERE state = 'done';

-- Why so much of its price is kept; nothing of what was written down before that was.
ALTER TABLE refund ADD COLUMN kept_why TEXT;
