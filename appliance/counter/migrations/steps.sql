-- The page that a guest's bank wants them to open, while it does, and why it has declined.
ALTER TABLE payment ADD COLUMN step TEXT;
ALTER TABLE payment ADD COLUMN declined TEXT;
