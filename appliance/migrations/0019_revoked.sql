-- Why the hub refuses this box: 'copied' (it heard another with the same identity since), 'revoked' (head office has revoked it), or
-- 'taken_again' (it opens sessions with one that was revoked: it may have forgotten which box took its place).
ALTER TABLE hub_refuses ADD COLUMN why TEXT NOT NULL DEFAULT 'copied' CHECK (why IN ('copied', 'revoked', 'taken_again'));
