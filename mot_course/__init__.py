"""The project: settings, addresses, processes, and what all apps share."""
