"""Holdouts: reading data from outside, splitting it honestly, sealing what is kept back, and scoring a look at it."""
