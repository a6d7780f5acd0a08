"""Fixtures for every test. What is real but may be missing on a machine comes from tests.parts."""

pytest_plugins = ["tests.parts", "tests.databases", "tests.engines", "pytester"]
