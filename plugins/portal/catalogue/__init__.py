"""The catalogue: every document read, behind named questions; one SQLite file."""
