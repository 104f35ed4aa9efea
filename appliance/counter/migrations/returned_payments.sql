-- Money that is back where it came from: what it paid for may have to follow.
CREATE INDEX payment_returned ON payment (hold) WHERE state = 'returned';
