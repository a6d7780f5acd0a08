"""Webhooks after the Standard Webhooks specification: signed, retried, and never sent where an insider listens."""
