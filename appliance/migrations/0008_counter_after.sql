-- The box's own: each paper is kept with its job.
CREATE TABLE print_job (
    id      INTEGER NOT NULL PRIMARY KEY,
    ticket  TEXT NOT NULL,
    sale    TEXT NOT NULL,
    paper   TEXT NOT NULL,
    state   TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'uncertain', 'printed')),
    copy    INTEGER NOT NULL DEFAULT 0,
    tries   INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX print_job_waiting ON print_job (id) WHERE state <> 'printed';
CREATE INDEX print_job_of_sale ON print_job (sale);

-- When and why the tickets of a sale were printed again.
CREATE TABLE reprint (
    id      INTEGER NOT NULL PRIMARY KEY,
    sale    TEXT NOT NULL,
    at      INTEGER NOT NULL,
    reason  TEXT NOT NULL
) STRICT;
CREATE INDEX reprint_of_sale ON reprint (sale);

-- What was there.
INSERT INTO cinema (id, body) SELECT json_extract(body, '$.id'), body FROM old_cinema;
INSERT INTO film (cinema, id, version, body) SELECT c.id, o.id, o.version, o.body FROM old_film o, cinema c;
INSERT INTO price_book (cinema, id, version, body) SELECT c.id, o.id, o.version, o.body FROM old_price_book o, cinema c;
INSERT INTO auditorium (cinema, id, plan, body) SELECT c.id, o.id, o.plan, o.body FROM old_auditorium o, cinema c;
INSERT INTO showtime (cinema, id, auditorium, plan, film, film_version, price_book, price_book_version, starts_at, sales_end_at, ends_at, state, body)
SELECT c.id, o.id, o.auditorium, o.plan, o.film, o.film_version, o.price_book, o.price_book_version, o.starts_at, o.sales_end_at, o.ends_at, o.state, o.body
FROM old_showtime o, cinema c ORDER BY o.starts_at, o.id;
INSERT INTO seat (showtime, place, seat, epoch, edition, state, holder)
SELECT s.key, o.place, o.seat, o.epoch, o.edition, o.state, o.holder FROM old_seat o JOIN showtime s ON s.id = o.showtime;

-- Running time begins at 0: what a hold has left is where it ends.
INSERT INTO hold (id, showtime, buyer_kind, buyer, state, ends_ms, extended, lines, currency, total_minor, tax_minor, language, key, request_hash)
SELECT o.id, s.key, 'device', o.device, o.state, CASE WHEN o.state IN ('open', 'paying') THEN o.left_ms ELSE 0 END, o.extended, o.lines,
    json_extract(c.body, '$.currency'), o.total_minor, o.tax_minor, o.language, o.key, o.request_hash
FROM old_hold o JOIN showtime s ON s.id = o.showtime JOIN cinema c ON c.id = s.cinema;

-- A payment without an outcome was perhaps asked for, which is what "intended" says; one that is a case is a case, unless it is owed back.
-- Of a payment with a case the terminal may not have spoken, unless there is its slip; of any other that has ended it has.
INSERT INTO payment (id, hold, nth, buyer_kind, buyer, means, currency, amount_minor, given_minor, state, captured_minor, returned_minor, heard,
    open, last_four, authorisation, started_at, key, request_hash)
SELECT o.id, o.hold, o.nth, 'device', o.device, o.way, h.currency, o.amount_minor, o.given_minor,
    CASE o.state
        WHEN 'pending' THEN CASE WHEN k.tender IS NOT NULL THEN 'case' WHEN o.cancel_asked = 1 THEN 'stopping' ELSE 'intended' END
        WHEN 'approved' THEN 'captured'
        WHEN 'refunding' THEN 'returning'
        WHEN 'refunded' THEN 'returned'
        ELSE o.state
    END,
    CASE WHEN o.state IN ('approved', 'refunding', 'refunded') THEN o.amount_minor ELSE 0 END,
    CASE WHEN o.state = 'refunded' THEN o.amount_minor ELSE 0 END,
    CASE WHEN o.state = 'pending' THEN 0 WHEN k.tender IS NULL OR o.last_four IS NOT NULL THEN 1 ELSE k.terminal_spoke END,
    CASE
        WHEN o.state IN ('pending', 'refunding') THEN 1
        WHEN o.state = 'declined' OR k.tender IS NULL OR o.last_four IS NOT NULL THEN 0
        ELSE 1 - k.terminal_spoke
    END,
    o.last_four, o.authorisation, o.started_at, o.key, o.request_hash
FROM old_tender o JOIN hold h ON h.id = o.hold LEFT JOIN old_payment_case k ON k.tender = o.id;

INSERT INTO receipt_series (cinema, series, last) SELECT c.id, o.series, o.last FROM old_receipt_series o, cinema c;
INSERT INTO sale (id, hold, buyer_kind, buyer, cinema, showtime, series, number, sold_at, currency, total_minor, tax_minor, change_minor, collection_code,
    facts, key, request_hash)
SELECT o.id, o.hold, 'device', o.device, s.cinema, s.key, o.series, o.number, o.sold_at, h.currency, o.total_minor, o.tax_minor, o.change_minor,
    o.collection_code,
    json_object('seller', json_extract(c.body, '$.name'), 'address', json(json_extract(c.body, '$.address')),
        'tax_number', json_extract(c.body, '$.tax_number'), 'guest_language', h.language),
    o.key, o.request_hash
FROM old_sale o JOIN hold h ON h.id = o.hold JOIN showtime s ON s.id = o.showtime JOIN cinema c ON c.id = s.cinema;

INSERT INTO ticket (id, sale, showtime, place, seat, plan, seller, epoch, edition, kind, currency, price_minor, tax_minor, starts_at, live, facts)
SELECT o.id, o.sale, s.key, o.place, o.seat, o.plan, 'cinema', o.epoch, o.edition, o.kind, v.currency, o.price_minor, o.tax_minor, o.starts_at, o.live,
    json_patch(
        json_object(
            'cinema', json_extract(c.body, '$.name'),
            'time_zone', json_extract(c.body, '$.time_zone'),
            'film', json_extract(f.body, '$.title'),
            'language', json_extract(s.body, '$.language'),
            'format', json_extract(s.body, '$.format'),
            'auditorium', json_extract(a.body, '$.name'),
            'row', COALESCE(json_extract(a.body, '$.layout.places[' || o.place || '].row'), ''),
            'number', COALESCE(json_extract(a.body, '$.layout.places[' || o.place || '].number'), ''),
            'kind_names', json(COALESCE((SELECT json_extract(k.value, '$.names') FROM json_each(b.body, '$.ticket_kinds') k
                WHERE json_extract(k.value, '$.id') = o.kind), '{}')),
            'tax_basis_points', json_extract(b.body, '$.tax')),
        -- A merge patch leaves out what is null.
        json_object(
            'rating', json_extract(f.body, '$.age_rating.system') || ' ' || json_extract(f.body, '$.age_rating.label'),
            'subtitles', json_extract(s.body, '$.subtitles.language')))
FROM old_ticket o
JOIN sale v ON v.id = o.sale
JOIN showtime s ON s.id = o.showtime
JOIN cinema c ON c.id = s.cinema
JOIN film f ON f.cinema = s.cinema AND f.id = s.film AND f.version = s.film_version
JOIN auditorium a ON a.cinema = s.cinema AND a.id = s.auditorium AND a.plan = o.plan
JOIN price_book b ON b.cinema = s.cinema AND b.id = s.price_book AND b.version = s.price_book_version;

INSERT INTO case_file (kind, about, cinema, stage, open, opened_at)
SELECT 'payment', o.tender, s.cinema, o.stage, CASE o.stage WHEN 'closed' THEN 0 ELSE 1 END, o.opened_at
FROM old_payment_case o JOIN payment p ON p.id = o.tender JOIN hold h ON h.id = p.hold JOIN showtime s ON s.key = h.showtime;
INSERT INTO case_move (id, kind, about, at, by, what, reason)
SELECT o.id, 'payment', o.tender, o.at, CASE o.by WHEN 'box' THEN 'counter' ELSE o.by END, o.what, o.reason FROM old_payment_case_move o;

INSERT INTO print_job (id, ticket, sale, paper, state, copy, tries)
SELECT o.id, o.ticket, o.sale,
    json_object(
        'cinema', v.cinema, 'ticket', t.id, 'showtime', s.id, 'seat', t.seat, 'kind', t.kind, 'epoch', t.epoch, 'edition', t.edition,
        'starts_ms', t.starts_at, 'sold_ms', v.sold_at, 'currency', t.currency, 'price_minor', t.price_minor, 'tax_minor', t.tax_minor,
        'receipt', v.series || '-' || printf('%06d', v.number),
        'nth', (SELECT COUNT(*) FROM ticket e WHERE e.sale = t.sale AND e.place <= t.place),
        'of', (SELECT COUNT(*) FROM ticket e WHERE e.sale = t.sale),
        'collection_code', v.collection_code,
        'paid', json(COALESCE((SELECT json_group_array(json(CASE
                WHEN p.last_four IS NULL THEN '{}'
                ELSE json_object('card', json_object('last_four', p.last_four, 'authorisation', p.authorisation)) END) ORDER BY p.nth)
            FROM payment p WHERE p.hold = v.hold AND p.state = 'captured'), '[]')),
        'sale', json(json_set(v.facts, '$.guest_language', o.language)),
        'sold_as', json(t.facts)),
    o.state, o.copy, o.tries
FROM old_print_job o JOIN ticket t ON t.id = o.ticket JOIN sale v ON v.id = o.sale JOIN showtime s ON s.key = t.showtime;
INSERT INTO reprint (id, sale, at, reason) SELECT id, sale, at, reason FROM old_reprint;

-- Children first.
DROP TABLE old_reprint;
DROP TABLE old_payment_case_move;
DROP TABLE old_payment_case;
DROP TABLE old_print_job;
DROP TABLE old_ticket;
DROP TABLE old_sale;
DROP TABLE old_receipt_series;
DROP TABLE old_tender;
DROP TABLE old_hold;
DROP TABLE old_seat;
DROP TABLE old_showtime;
DROP TABLE old_auditorium;
DROP TABLE old_price_book;
DROP TABLE old_film;
DROP TABLE old_cinema;
