-- What has gone back for a ticket, and by whom: whoever took the money, and a person's hand. What was done before by hand a person has said; where all
-- of the payment is back nobody can tell any more whose hand that was, and it went once.
ALTER TABLE refund ADD COLUMN given_minor BIGINT NOT NULL DEFAULT 0 CHECK (given_minor >= 0);
ALTER TABLE refund ADD COLUMN by_hand_minor BIGINT NOT NULL DEFAULT 0 CHECK (by_hand_minor >= 0);
UPDATE refund SET by_hand_minor = amount_minor WHERE state = 'done' AND EXISTS (SELECT 1 FROM case_move
    WHERE case_move.kind = 'refund' AND case_move.about = refund.ticket AND case_move.what = 'given_back')
    AND (NOT EXISTS (SELECT 1 FROM sale JOIN payment ON payment.hold = sale.hold WHERE sale.id = refund.sale AND payment.state = 'returned')
    OR EXISTS (SELECT 1 FROM sale JOIN payment ON payment.hold = sale.hold WHERE sale.id = refund.sale AND payment.captured_minor > payment.returned_minor));
UPDATE refund SET given_minor = amount_minor - by_hand_minor WHERE state = 'done';

-- Whether it is written down that all of its sale is back at whoever took the money.
ALTER TABLE refund ADD COLUMN all_is_back BIGINT NOT NULL DEFAULT 0;
UPDATE refund SET all_is_back = 1 WHERE state = 'done' AND kept_minor = 0
    AND EXISTS (SELECT 1 FROM sale JOIN payment ON payment.hold = sale.hold WHERE sale.id = refund.sale AND payment.state = 'returned')
    AND NOT EXISTS (SELECT 1 FROM sale JOIN payment ON payment.hold = sale.hold WHERE sale.id = refund.sale AND payment.captured_minor > payment.returned_minor);

-- Why so much of its price is kept; nothing of what was written down before that was.
ALTER TABLE refund ADD COLUMN kept_why TEXT;
