"""Stands in for the module of Python 2 that the SDK imports: its new name."""
from io import StringIO  # noqa: F401
