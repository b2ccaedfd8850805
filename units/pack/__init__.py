"""The course pack: read, check, load, dump. Content is never only in the database."""
