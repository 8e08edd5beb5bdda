"""Evidence folders: what proves the status of one report, for a third person to check without us."""
