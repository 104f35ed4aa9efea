-- As the counter's tables have it.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql,
    'state IN (''queued'', ''sending'', ''uncertain'', ''printed'')',
    'state = ''queued'' OR state = ''sending'' OR state = ''uncertain'' OR state = ''printed''')
WHERE type = 'table' AND name = 'print_job';
PRAGMA writable_schema = RESET;
