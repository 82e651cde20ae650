"""Sets up the shared PostgreSQL server of a site, and keeps it as it should be."""
