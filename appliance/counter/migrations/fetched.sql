-- The seats of a hold that came by an ask, as a list: they go home when it ends unsold.
ALTER TABLE hold ADD COLUMN fetched TEXT NOT NULL DEFAULT '[]';
