"""Measurements, run by hand; what they showed is in ``docs/measurements.md``."""
