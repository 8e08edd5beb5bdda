"""Migrations of the tables, and the script that writes the next one."""
