-- The earlier lives of this side of whose streams a cinema was told again what it had not applied: it stands in a later life's stream.
CREATE TABLE told_again (
    cinema      TEXT   NOT NULL,
    life        BIGINT NOT NULL,
    life_random BYTEA  NOT NULL,
    PRIMARY KEY (cinema, life, life_random)
);
