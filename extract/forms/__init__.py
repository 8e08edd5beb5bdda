"""The forms by era: what cells each has and how a table maps to them."""
