-- Whether the guest goes without paper: said before paying, where a printer cannot print.
ALTER TABLE hold ADD COLUMN paperless INTEGER NOT NULL DEFAULT 0;
