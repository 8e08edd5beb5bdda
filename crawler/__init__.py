"""Find the reports on government sites and bring every exchange into the archive."""
