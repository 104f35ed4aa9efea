-- What the cinema keeps of a ticket that goes back, by the rules under which it was sold: it goes back no more, and its tax with it.
ALTER TABLE refund ADD COLUMN kept_minor BIGINT NOT NULL DEFAULT 0 CHECK (kept_minor >= 0);
ALTER TABLE refund ADD COLUMN kept_tax_minor BIGINT NOT NULL DEFAULT 0 CHECK (kept_tax_minor >= 0);
