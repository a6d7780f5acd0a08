"""Integrity: signed checkpoints, verification of the whole ledger, and bundles that prove themselves."""
