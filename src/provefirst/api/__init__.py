"""The HTTP API, and serving it together with the engine."""
