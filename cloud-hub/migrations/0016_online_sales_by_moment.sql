-- What the hub's own counter has sold at a cinema, by when: head office sees a day's.
CREATE INDEX sale_by_moment ON sale (cinema, sold_at);
