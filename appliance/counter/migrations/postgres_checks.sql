-- The same rule as SQLite has it since its lists went.
DROP INDEX hold_under_way;
CREATE INDEX hold_under_way ON hold (buyer_kind, buyer) WHERE state <> 'settled' AND state <> 'ended';
