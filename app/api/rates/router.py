"""The one router of the rates noun: its modules put their routes on it, so that matching a request stays one step."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter(tags=["rates"])
