"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import JSON, DateTime, Dialect, LargeBinary, Numeric, String, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import UserDefinedType

BNG_SRID = 27700

Json = JSON().with_variant(JSONB(), "postgresql")
"""JSON text on SQLite, JSONB on PostgreSQL."""


class UtcDateTime(TypeDecorator[datetime]):
    """An instant, always aware and in UTC, whichever database keeps it."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002, D102
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive time was given where an instant is kept: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002, D102
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Money(TypeDecorator[Decimal]):
    """An exact decimal: NUMERIC on PostgreSQL, text on SQLite, which has no exact type of its own."""

    impl = String(40)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:  # noqa: D102
        if dialect.name == "postgresql":
            return dialect.type_descriptor(Numeric())
        return dialect.type_descriptor(String(40))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:  # noqa: D102
        if value is None or dialect.name == "postgresql":
            return value
        return format(value, "f")

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:  # noqa: ARG002, D102
        return None if value is None else Decimal(value)


class _ToGeometry(FunctionElement[Any]):
    """WKB on its way in; PostGIS wraps it with the grid's identifier."""

    inherit_cache = True


class _FromGeometry(FunctionElement[Any]):
    """A geometry on its way out, as WKB."""

    inherit_cache = True


@compiles(_ToGeometry)
@compiles(_FromGeometry)
def _pass_through(element: FunctionElement[Any], compiler: Any, **kw: Any) -> str:
    return str(compiler.process(element.clauses, **kw))


@compiles(_ToGeometry, "postgresql")
def _to_postgis(element: FunctionElement[Any], compiler: Any, **kw: Any) -> str:
    return f"ST_GeomFromWKB({compiler.process(element.clauses, **kw)}, {BNG_SRID})"


@compiles(_FromGeometry, "postgresql")
def _from_postgis(element: FunctionElement[Any], compiler: Any, **kw: Any) -> str:
    return f"ST_AsBinary({compiler.process(element.clauses, **kw)})"


class _PostgisGeometry(UserDefinedType[bytes]):
    """The PostGIS column itself: any shape on the British National Grid."""

    cache_ok = True

    def get_col_spec(self, **_kw: Any) -> str:
        return f"geometry(Geometry, {BNG_SRID})"


class BngGeometry(TypeDecorator[BaseGeometry]):
    """A shapely geometry on the British National Grid: WKB in SQLite, a PostGIS geometry in PostgreSQL."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:  # noqa: D102
        if dialect.name == "postgresql":
            return dialect.type_descriptor(_PostgisGeometry())
        return dialect.type_descriptor(LargeBinary())

    def bind_expression(self, bindparam: Any) -> ColumnElement[Any]:  # noqa: D102
        return _ToGeometry(bindparam)

    def column_expression(self, column: Any) -> ColumnElement[Any]:  # noqa: D102
        read = _FromGeometry(column)
        read.type = self  # or what comes back would be plain bytes
        return read

    def process_bind_param(self, value: BaseGeometry | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002, D102
        return None if value is None else bytes(shapely.to_wkb(value))

    def process_result_value(self, value: Any, dialect: Dialect) -> BaseGeometry | None:  # noqa: ARG002, D102
        return None if value is None else shapely.from_wkb(bytes(value))
