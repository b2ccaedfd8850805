"""The case library: cases as documents, their revisions, the reading page."""
