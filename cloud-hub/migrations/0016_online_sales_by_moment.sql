-- What the hub's own counter has sold at a cinema, by when: head office sees a day's. And how many tickets of a showtime stand, without reading one.
CREATE INDEX sale_by_moment ON sale (cinema, sold_at);
CREATE INDEX ticket_standing ON ticket (showtime, live, disputed);
