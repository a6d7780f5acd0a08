"""Notifications: people are told what waits for them and what happened, the way each of them wants it."""
