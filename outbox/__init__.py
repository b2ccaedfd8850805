"""Every message that leaves: one row, one unique key, one delivery."""
