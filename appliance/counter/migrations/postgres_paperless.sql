-- Whether the guest goes without paper: said before paying, where a printer cannot print.
ALTER TABLE hold ADD COLUMN paperless BIGINT NOT NULL DEFAULT 0;
