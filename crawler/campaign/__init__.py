"""The yearly campaign: decides from the archive's own tables which places to visit, and has it done."""
