-- In which currencies amounts were stored while these were taken to have a smaller unit, which they do not: they would read a hundred times as large.
-- Whoever opens a database that has any says so and does not go on.
CREATE TABLE former_digits (currency TEXT NOT NULL PRIMARY KEY);
INSERT INTO former_digits (currency)
    SELECT currency FROM (SELECT CAST(body AS json) ->> 'currency' AS currency FROM cinema UNION SELECT currency FROM hold) AS stored
    WHERE currency IN ('BIF', 'DJF', 'GNF', 'KMF', 'RWF', 'VUV');
