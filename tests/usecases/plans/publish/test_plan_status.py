"""One gate to publish: every door that puts a plan in force checks its rules, and storage has no other way."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner

import app
from app.cli import zones_draw
from app.cli.main import app as patchwork
from app.jobs.supervisor import settings_environment
from app.problems import Problem
from app.settings import get_settings
from app.storage.decisions import find, publish, published
from app.storage.models import AuditEntry, Zone, ZoneArea, ZonePlan
from app.usecases.plans.measure.stored import copy_plan
from app.usecases.plans.publish.status import publish_drawn, set_status
from tests.databases import Installation, demo_installation

COUNCIL = "leicestershire"
GATE = Path("usecases/plans/publish/status.py")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, shared_folder: Path) -> Iterator[Installation]:
    with demo_installation("sqlite", tmp_path_factory.mktemp("gate"), shared_folder) as found:
        yield found


def _break(session: Any, plan_id: int) -> None:
    """Give half of zone 1 to zone 2, wherever it lies."""
    areas = session.scalars(select(ZoneArea.area_id).where(ZoneArea.plan_id == plan_id, ZoneArea.zone_number == 1))
    half = sorted(areas)[::2]
    session.execute(
        update(ZoneArea).where(ZoneArea.plan_id == plan_id, ZoneArea.area_id.in_(half)).values(zone_number=2)
    )


def _broken_copy(demo: Installation) -> int:
    with demo.database.write() as session:
        plan = copy_plan(session, COUNCIL, published(session, ZonePlan, COUNCIL), "Broken", "tests")
        session.flush()
        _break(session, plan.id)
        return int(plan.id)


def test_only_the_gate_can_put_a_plan_in_force() -> None:
    callers = set()
    root = Path(str(app.__file__)).parent
    for file in root.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and any(alias.name == "publish_plan" for alias in node.names):
                callers.add(file.relative_to(root))
    assert callers == {GATE}


def test_storage_refuses_to_publish_a_plan_past_the_gate(demo: Installation) -> None:
    broken = _broken_copy(demo)
    with pytest.raises(TypeError, match="checks what it promises"), demo.database.write() as session:
        publish(session, find(session, ZonePlan, COUNCIL, broken), "tests")


def test_a_drawn_plan_is_refused_by_the_gate_and_stays_a_draft(demo: Installation) -> None:
    broken = _broken_copy(demo)
    with pytest.raises(Problem, match="breaks") as refused:
        publish_drawn(demo.database, demo.settings, broken, "tests")
    assert {rule["rule"] for rule in refused.value.extra["broken_rules"]} >= {"contiguity", "balance"}
    with demo.database.read() as session:
        assert find(session, ZonePlan, COUNCIL, broken).status == "draft"


def test_publishing_despite_broken_rules_is_in_the_history(demo: Installation) -> None:
    broken = _broken_copy(demo)
    with demo.database.write() as session:
        before = published(session, ZonePlan, COUNCIL).id
        plan = find(session, ZonePlan, COUNCIL, broken)
        set_status(session, plan, "published", demo.settings, "tests", despite_broken_rules=True)
    with demo.database.write() as session:
        assert published(session, ZonePlan, COUNCIL).id == broken
        last = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "zone_plan.publish").order_by(AuditEntry.id.desc())
        ).first()
        assert len(last.after["despite_broken_rules"]) >= 2
        again = copy_plan(session, COUNCIL, find(session, ZonePlan, COUNCIL, before), "As before", "tests")
        session.flush()
        set_status(session, again, "published", demo.settings, "tests")
        assert find(session, ZonePlan, COUNCIL, broken).status == "retired"


def test_the_command_line_publishes_through_the_gate(demo: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """`patchwork zones draw --publish` of a plan that is broken between drawing and publishing."""
    for name, value in settings_environment(demo.settings).items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    stored = zones_draw.store_plan

    def store_and_break(*given: Any) -> int:
        plan_id = stored(*given)
        with demo.database.write() as session:
            _break(session, plan_id)
        return plan_id

    words = ["zones", "draw", "--zones", "6", "--tolerance", "0.3", "--starts", "1", "--publish"]
    with demo.database.read() as session:
        in_force = published(session, ZonePlan, COUNCIL).id
    with monkeypatch.context() as patch:
        patch.setattr(zones_draw, "store_plan", store_and_break)
        refused = CliRunner().invoke(patchwork, words)
        assert refused.exit_code == 2
        assert "breaks" in refused.stderr
        assert "is kept as a draft" in refused.stderr
        with demo.database.read() as session:
            assert published(session, ZonePlan, COUNCIL).id == in_force
        despite = CliRunner().invoke(patchwork, [*words, "--despite-broken-rules", "--json"])
        assert despite.exit_code == 0, despite.output
    with demo.database.read() as session:
        assert published(session, ZonePlan, COUNCIL).id == json.loads(despite.stdout)["plan_id"]
    sound = CliRunner().invoke(patchwork, [*words, "--json"])
    assert sound.exit_code == 0, sound.output
    with demo.database.read() as session:
        assert published(session, ZonePlan, COUNCIL).id == json.loads(sound.stdout)["plan_id"]
        assert session.scalar(select(Zone.number).where(Zone.plan_id == json.loads(sound.stdout)["plan_id"])) == 1
    get_settings.cache_clear()
