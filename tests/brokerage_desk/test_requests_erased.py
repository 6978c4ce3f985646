"""What a request holds of a person is erased when it has served its purpose; the record that names nobody stays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from app.storage.brokerage.tables import CareRequest
from app.usecases.service.erase import erase
from tests.brokerage_desk.conftest import POSTCODE, Desk


def test_an_ended_request_loses_person_and_place_and_keeps_its_record(desk: Desk) -> None:
    person = {"name": "Invented Person", "address": "1 Example Street"}
    made = desk.request(service="erased care", person=person)
    open_one = desk.request(service="erased care", person=person)
    desk.ok("POST", f"/requests/{made['id']}/withdraw", {"reason": "moved away"})
    database = desk.app.installation.database
    with database.write() as session:
        row = session.get(CareRequest, made["id"])
        assert row is not None
        row.ended_on = date.today() - timedelta(days=400)  # noqa: DTZ011 - the local calendar
    counted = erase(database, "leicestershire", older_than_days=365, actor="tests")
    assert counted.requests == 1
    assert desk.ok("GET", f"/requests/{made['id']}")["postcode"] == POSTCODE
    assert erase(database, "leicestershire", older_than_days=365, actor="tests", do_it=True).requests == 1
    gone = desk.ok("GET", f"/requests/{made['id']}")
    assert (gone["postcode"], gone["person"], gone["zone"]) == ("", None, made["zone"])
    assert desk.ok("GET", f"/requests/{made['id']}/record")["agrees"]
    assert desk.ok("GET", f"/requests/{open_one['id']}")["person"]["name"] == person["name"]
    with database.read() as session:
        row = session.get(CareRequest, made["id"])
        assert row is not None
        assert (row.postcode_key, row.easting) == ("", 0.0)
        assert row.erased_at is not None
        assert row.erased_at <= datetime.now(UTC)
