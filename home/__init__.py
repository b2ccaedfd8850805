"""Pages that show data of all apps: today and me. No tables."""
