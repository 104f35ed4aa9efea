-- The keys with which the hub signs the tickets of this cinema, in the order in which they were heard of. Each stays good.
CREATE TABLE hub_ticket_key (
    nth  INTEGER NOT NULL PRIMARY KEY,
    key  BLOB NOT NULL UNIQUE
) STRICT;
