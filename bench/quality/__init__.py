"""How often the engine is wrong, on data of which the truth is known: `python -m bench.quality`."""
