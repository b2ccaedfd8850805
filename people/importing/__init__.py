"""People from a table: read, checked against who is here, taken in as a whole, taken back."""
