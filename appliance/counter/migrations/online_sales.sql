-- How the hub sells each cinema's seats to guests at home; without a number it does not.
CREATE TABLE online_sales (
    cinema               TEXT NOT NULL PRIMARY KEY,
    end_before_start_min INTEGER
) STRICT, WITHOUT ROWID;
