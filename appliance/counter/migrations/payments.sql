-- How many payments were begun for a hold: none for most, which are then not looked for.
ALTER TABLE hold ADD COLUMN payments INTEGER NOT NULL DEFAULT 0;
UPDATE hold SET payments = (SELECT COUNT(*) FROM payment WHERE payment.hold = hold.id);
