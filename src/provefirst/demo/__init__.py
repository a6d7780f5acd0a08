"""The demo: five short stories on real and simulated data, through the real verbs, engine and flows."""
