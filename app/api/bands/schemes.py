"""The shipped schemes of rules, to be read and to begin one's own from."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, Field

from app.api.dependencies import require
from app.security.keys import Principal
from app.security.roles import Permission
from geo.banding.features import feature_catalogue
from geo.banding.scheme_files import SchemeName, load_scheme, shipped_schemes, shipped_text

router = APIRouter()
Viewer = Annotated[Principal, Depends(require(Permission.LOOK_UP))]


class SchemeView(BaseModel):
    """A scheme without its thresholds."""

    name: str
    version: str
    title: str
    source: str
    rules: list[str] = Field(description="What each rule says, in the order they are tested.")
    features: list[str] = Field(description="Names of the features its rules test.")


class FeatureView(BaseModel):
    """A feature that a rule may test."""

    name: str
    title: str
    unit: str
    source: str


class Schemes(BaseModel):
    """Shipped schemes, and what a rule may test."""

    items: list[SchemeView]
    features: list[FeatureView]


@router.get("/schemes")
def list_band_schemes(_caller: Viewer) -> Schemes:
    """List the shipped schemes of rules, and every feature that a rule may test."""
    found = [load_scheme(name) for name in shipped_schemes()]
    return Schemes(
        items=[
            SchemeView(
                name=scheme.name,
                version=scheme.version,
                title=scheme.title,
                source=scheme.source,
                rules=[rule.says for rule in scheme.rules],
                features=list(scheme.features),
            )
            for scheme in found
        ],
        features=[FeatureView(**vars(feature)) for feature in feature_catalogue().values()],
    )


@router.get("/schemes/{name}", response_class=PlainTextResponse)
def get_band_scheme(name: SchemeName, _caller: Viewer) -> str:
    """Read a shipped scheme as TOML. Change what should differ and hand it in as `own_scheme`."""
    return shipped_text(name)
