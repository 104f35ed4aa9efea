-- What a person is asked about a ticket are cases of their own: that its guest was let in although the money went back, and that too much went.
INSERT INTO case_file (kind, about, cinema, stage, open, opened_at)
    SELECT 'refund_admitted', about, cinema, stage, open, opened_at FROM case_file WHERE kind = 'refund' AND stage = 'admitted_after_all';
INSERT INTO case_file (kind, about, cinema, stage, open, opened_at)
    SELECT 'refund_too_much', about, cinema, stage, open, opened_at FROM case_file WHERE kind = 'refund' AND stage = 'too_much';
INSERT INTO case_move (kind, about, at, by, what, reason)
    SELECT CASE WHEN case_file.stage = 'too_much' THEN 'refund_too_much' ELSE 'refund_admitted' END, case_move.about, case_move.at, case_move.by,
        case_move.what, case_move.reason
    FROM case_file JOIN case_move ON case_move.kind = case_file.kind AND case_move.about = case_file.about
    WHERE case_file.kind = 'refund' AND case_file.stage IN ('admitted_after_all', 'too_much')
    AND case_move.id = (SELECT MAX(last.id) FROM case_move AS last WHERE last.kind = case_file.kind AND last.about = case_file.about);
-- What only a person can give is asked for still: that its guest was let in had taken the place of it.
INSERT INTO case_move (kind, about, at, by, what, reason)
    SELECT 'refund', about, opened_at, 'counter', 'opened', 'no payment is known that could give it back' FROM case_file
    WHERE kind = 'refund' AND open = 1 AND stage = 'admitted_after_all'
    AND about IN (SELECT ticket FROM refund WHERE state = 'owed' AND payment IS NULL);
UPDATE case_file SET stage = 'owed' WHERE kind = 'refund' AND open = 1 AND stage = 'admitted_after_all'
    AND about IN (SELECT ticket FROM refund WHERE state = 'owed' AND payment IS NULL);
UPDATE case_file SET stage = 'closed', open = 0 WHERE kind = 'refund' AND stage IN ('admitted_after_all', 'too_much');

-- What was said of a bank that only asked says nothing of one that fetches the money.
UPDATE case_file SET stage = 'inquiry_decided' WHERE kind = 'dispute' AND stage = 'kept' AND open = 0;

-- What went back and did not arrive counts as given no more, and that all of its payment had gone back was heard before.
UPDATE refund SET given_minor = 0, all_is_back = CASE WHEN EXISTS (SELECT 1 FROM sale JOIN payment ON payment.hold = sale.hold
    WHERE sale.id = refund.sale AND payment.state = 'returned') THEN 1 ELSE all_is_back END
    WHERE state = 'done' AND EXISTS (SELECT 1 FROM case_file
    WHERE case_file.kind = 'refund' AND case_file.about = refund.ticket AND case_file.stage = 'owed' AND case_file.open = 1);
