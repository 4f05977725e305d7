"""Stands in for the module of Python 2 that the SDK imports: its new name."""
from http.client import *  # noqa: F401,F403
from http.client import HTTPConnection, HTTPException  # noqa: F401
