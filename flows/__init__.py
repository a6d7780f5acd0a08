"""The stage flows: Prefect only, thin.

A package so that the type checker and the import contracts can name its modules. Prefect itself loads each
file by its path (``flows/proposal.py:proposal``), so a flow never imports a sibling.
"""
