-- What a case names, in JSON: what it is, and which. Older ones say it in words alone.
ALTER TABLE dispute ADD COLUMN facts TEXT;
