-- Whether the cinema sold the ticket at its own risk: the other side, or the box before, may have sold its seat as well.
ALTER TABLE ticket ADD COLUMN at_risk INTEGER NOT NULL DEFAULT 0;
