"""Courses, units, lessons, reading progress; the course pack."""
