-- The points of the counter's running time at which a hold began and a sale was made: a clock may be set. Older ones are before all others.
ALTER TABLE hold ADD COLUMN begun_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sale ADD COLUMN sold_ms BIGINT;
CREATE INDEX sale_of_buyer ON sale (buyer_kind, buyer, sold_ms);
