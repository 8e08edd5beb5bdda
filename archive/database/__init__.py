"""The index of the archive: models, migrations and sessions, for SQLite and PostgreSQL alike."""
