"""Who published, who was late, who did not, and whose figures do not add up."""
