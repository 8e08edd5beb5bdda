"""Subcommands of ``gongkai`` that need the crawler, a module a subject."""
