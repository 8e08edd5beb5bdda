"""An imitation of every family of sites, with the truth about what they publish."""
