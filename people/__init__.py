"""Who is who: people, roles, cohorts, sign-in, preferences."""
