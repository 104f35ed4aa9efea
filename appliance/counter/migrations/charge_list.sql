-- How far the list of whoever takes the money has been compared with what is known here: the number of the last change.
CREATE TABLE charge_list (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    changed INTEGER NOT NULL
) STRICT;
