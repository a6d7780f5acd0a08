"""The flows: one a stage, and the timers. Each tells its story and nothing else; the ledger decides.

A package so that the type checker and the import contracts can name its modules. Prefect loads each file by its path
(`flows/proposal.py:proposal`) as a package of its own beside `steps`, so `from .steps import …` holds in every place.
"""
