"""Checks: one file each, found by the registry; each answers one question about the evidence in numbers."""
