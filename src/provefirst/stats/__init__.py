"""Statistics of provefirst: pure functions on arrays and numbers.

Nothing here reads a file, asks the time or draws an unseeded random number. Import the module you need
(``from provefirst.stats.intervals import clopper_pearson``); this package imports none of them itself, so
that importing it costs nothing.
"""
