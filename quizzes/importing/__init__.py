"""Items from files of others: read, put together in two languages, taken in as a whole."""
