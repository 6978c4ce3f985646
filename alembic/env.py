"""Alembic's entry point: the address comes from the caller or from the settings, the schema from the models."""

from __future__ import annotations

from alembic import context

from app.settings import get_settings
from app.storage import consultation, returns  # noqa: F401 - their tables belong to the schema
from app.storage.brokerage import tables  # noqa: F401 - its tables belong to the schema
from app.storage.database import make_engine
from app.storage.models import Base

_url = context.config.attributes.get("url") or get_settings().resolved_database_url
_INDEX_TABLES = {"area_rtree", "area_rtree_node", "area_rtree_parent", "area_rtree_rowid", "spatial_ref_sys"}

_SPATIAL_INDEXES = {"ix_area_polygon", "ix_zone_polygon"}


def _include(object_: object, name: str | None, type_: str, reflected: bool, compare_to: object) -> bool:  # noqa: ARG001, FBT001
    return not ((type_ == "table" and name in _INDEX_TABLES) or (type_ == "index" and name in _SPATIAL_INDEXES))


engine = make_engine(_url)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=engine.dialect.name == "sqlite",
        include_object=_include,
        compare_type=False,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
engine.dispose()
