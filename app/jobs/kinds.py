"""The modules that register kinds of job. A new kind is added here; a test fails when one is forgotten."""

from __future__ import annotations

KIND_MODULES: tuple[str, ...] = (
    "app.usecases.bands.classify",
    "app.usecases.demand.import_packages",
    "app.usecases.plans.draw.draw_zones",
    "app.usecases.plans.draw.sweep",
    "app.usecases.plans.imports.import_file",
    "app.usecases.rounds.day",
    "app.usecases.rounds.replan",
    "app.usecases.rounds.simulation",
)
