-- For a list of more than two values SQLite makes a table in memory, each time that a row is checked or a row of a partial index is
-- written. The same rules, without lists. SQLite's documentation has this way for a change of a CHECK: nothing stored changes.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql,
    'state IN (''open'', ''paying'', ''settled'', ''releasing'', ''ended'')',
    'state = ''open'' OR state = ''settled'' OR state = ''paying'' OR state = ''releasing'' OR state = ''ended''')
WHERE type = 'table' AND name = 'hold';
UPDATE sqlite_schema SET sql = replace(sql,
    'state IN (''free'', ''held'', ''sold'', ''blocked'', ''revoking'', ''quarantine'', ''taken_over'')',
    'state = ''free'' OR state = ''held'' OR state = ''sold'' OR state = ''blocked'' OR state = ''revoking'' OR state = ''quarantine'' OR state = ''taken_over''')
WHERE type = 'table' AND name = 'seat';
PRAGMA writable_schema = RESET;
DROP INDEX hold_under_way;
CREATE INDEX hold_under_way ON hold (buyer_kind, buyer) WHERE state <> 'settled' AND state <> 'ended';
