"""Assigning, due dates, reminders, follow-ups and the calendar feed."""
