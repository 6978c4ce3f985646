"""The OpenAPI document: what each operation is called, answers and looks like."""

from __future__ import annotations

from app.api.openapi.answers import files, problems
from app.api.openapi.describe import describe_api
from app.api.openapi.operations import operation_id
from app.api.openapi.tags import TAGS

__all__ = ["TAGS", "describe_api", "files", "operation_id", "problems"]
