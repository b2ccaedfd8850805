"""Experiments on delivery: things are killed, and a ledger outside the database counts."""
