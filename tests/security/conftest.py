"""The application on the demonstration county, in this process and on SQLite."""

from tests.api.conftest import county

__all__ = ["county"]
