"""The demo: three initiatives on real and simulated data, through the real verbs, engine and flows."""
