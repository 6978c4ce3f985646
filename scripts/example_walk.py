"""A walk through the API on the demonstration county that meets every body: what is sent works, what comes is recorded.

Each step is one operation with what it is asked. A step with ``OWN`` sends the example of the API document. The walk is
taken twice: by ``scripts/record_examples.py``, which keeps what it saw, and by a test, which holds that it still goes.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import httpx

from app.api.openapi.describe import operations
from app.api.openapi.examples import has_example, schema_example

Send = Callable[[str, str, dict[str, Any]], httpx.Response]
POSTCODE, OTHER_POSTCODE, AREA = "LE67 3AP", "LE67 3AN", "E00131502"
TODAY = date.today()  # noqa: DTZ011 - days of care are days of the local calendar
SOON = TODAY + timedelta(days=14)
OWN = object()
"""Send the example that the document shows."""


@dataclass
class Walk:
    """A walk: how requests are sent, the document they are held to, and what was seen.

    Attributes:
        send: sends a method and an address with the keywords of an HTTP client, and returns the answer.
        document: the API document.
        seen: bodies by operation, then by ``request`` or status.
        left_out: steps that were refused and may be.
    """

    send: Send
    document: dict[str, Any]
    seen: dict[str, dict[str, Any]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Find every operation by its name."""
        self._known = {found["operationId"]: (path, method, found) for path, method, found in operations(self.document)}

    def __call__(
        self,
        operation_id: str,
        /,
        *,
        body: Any = None,
        files: Any = None,
        fields: Any = None,
        query: Any = None,
        **path: Any,
    ) -> Any:
        """Ask one operation, which must succeed; what it answered as JSON, None for no JSON.

        Raises:
            AssertionError: it was refused.
        """
        address, method, operation = self._known[operation_id]
        sent: dict[str, Any] = {"params": query} if query else {}
        if body is OWN:
            sent["json"] = self.example(operation_id)
        elif body is not None:
            sent["json"] = body
        if files:
            sent |= {"files": files, "data": fields or {}}
        reply = self.send(method.upper(), address.format(**path), sent)
        said = f"{operation_id} {address} {path} answered {reply.status_code}: {reply.text[:600]}"
        assert 200 <= reply.status_code < 300, said
        assert str(reply.status_code) in operation["responses"], said
        kept = self.seen.setdefault(operation_id, {})
        if body is not None and body is not OWN and method != "patch":
            kept.setdefault("request", copy.deepcopy(body))
        if "json" not in reply.headers.get("content-type", "") or not reply.content:
            return None
        answer = reply.json()
        kept.setdefault(str(reply.status_code), answer)
        return answer

    def perhaps(self, operation_id: str, /, **asked: Any) -> Any:
        """Ask one operation that a worker or another plan may have to prepare; None where it is refused."""
        try:
            return self(operation_id, **asked)
        except AssertionError as error:
            self.left_out.append(str(error))
            return None

    def example(self, name: str) -> Any:
        """The example of a request that the document shows."""
        content = self._known[name][2]["requestBody"]["content"]["application/json"]
        if has_example(content):
            found = content["example"] if "example" in content else next(iter(content["examples"].values()))["value"]
        else:
            found = schema_example(self.document, content["schema"])
        assert found is not None, f"{name}: the document shows no example of a request"
        return copy.deepcopy(found)


def take(walk: Walk, kept: dict[str, int], refused: Callable[[Exception], None] | None = None) -> None:
    """The whole walk, in an order in which each step finds what it needs.

    Args:
        walk: what sends and records.
        kept: numbers that a worker would have made: ``rounds_id`` of a planned day, ``simulation_id`` of a simulation.
        refused: what to do with a refusal, where the rest of the walk is wanted all the same.

    Raises:
        AssertionError: a step was refused.
    """
    standing = walk("getOverview") | kept
    for part in PARTS:
        try:
            part(walk, standing)
        except Exception as error:
            if refused is None:
                raise
            refused(error)


def _places(walk: Walk, _standing: Any) -> None:
    walk("listAreas", query={"limit": 2})
    walk("downloadAreas")
    walk("getArea", area_id=AREA)
    walk("getMapGround")
    walk("listCouncilsOfBritain", query={"limit": 2, "name": "Leicester"})
    walk("completePostcode", query={"starts_with": "LE67", "limit": 2})
    walk("lookUpPostcodes", body=OWN)
    walk("costPattern", body=OWN)
    walk("listNearestPostcodes", query={"latitude": 52.72, "longitude": -1.37, "limit": 2})
    walk("summariseOutward", outward="LE67")
    walk("summarisePlace", query={"name": "Coalville"})
    walk("travelBetweenPostcodes", query={"origin": POSTCODE, "destination": OTHER_POSTCODE})
    walk("validatePostcode", query={"text": POSTCODE})


def _bands(walk: Walk, standing: Any) -> None:
    walk("listBands")
    walk("explainAreaBand", area_id=AREA)
    walk("explainPostcodeBand", postcode=POSTCODE)
    walk("recordBandOverride", body=OWN)
    walk("listBandOverrides", query={"limit": 2})
    walk("listBandSchemes")
    runs = walk("listBandRuns")["items"]
    number = standing["band_run"]["id"]
    walk("getBandTotals")
    walk("compareBandRuns", query={"before_run_id": runs[-1]["id"], "after_run_id": number})
    walk("publishBandRun", run_id=number)


def _demand(walk: Walk, standing: Any) -> None:
    snapshot = standing["snapshot"]["id"]
    extract = {"file": ("extract.csv", _extract().encode(), "text/csv")}
    walk("listDemandSnapshots", query={"limit": 2})
    walk("getSnapshot", snapshot_id=snapshot)
    walk("listSnapshotPackages", snapshot_id=snapshot, query={"limit": 2})
    walk("getDemandTotals", query={"by": "band"})
    walk("compareDemandSnapshots", query={"before_id": snapshot, "after_id": snapshot})
    walk("checkExtract", files=extract, fields={"taken_on": "2026-10-31"})
    walk("suggestColumnMapping", files=extract)
    walk("saveColumnMapping", name="example", body=MAPPING)
    walk("listColumnMappings")
    form = {"taken_on": "2019-07-01", "label": "Extract of 1 July", "synthetic": "true", "wait_seconds": "0"}
    walk("loadSnapshot", files=extract, fields=form)


PRICED = (
    "priceHour",
    "priceEveryBand",
    "costAYear",
    "workOutCqcFee",
    "diagnosePrice",
    "explainPrice",
    "checkMinimumWage",
    "workOutOnCosts",
    "priceEveryPeriod",
    "summariseProviderSample",
    "measureSensitivity",
    "simulateProviders",
    "solvePrice",
    "upliftPrice",
    "priceInAYear",
    "budgetDirectPayment",
    "comparePaymentRules",
    "proposeRates",
)


def _prices(walk: Walk, standing: Any) -> None:
    for name in PRICED:
        walk(name, body=OWN)
    walk("proposeRates", body=walk.example("proposeRates") | {"keep_draft": False})
    walk("proposeRates", body=walk.example("proposeRates") | {"keep_draft": True})
    walk("getParameterSet", name=walk("listParameterSets")[0])
    walk("getMeanVisit")
    walk("listStatutoryYears")
    walk("getStatutoryYear", financial_year="2025-26")
    card = standing["rate_card"]["id"]
    walk("compareCosts", query={"rate_card_id": card, "against_pounds_per_hour": "20.5"})
    walk("listProviderIncomes", query={"rate_card_id": card, "against_pounds_per_hour": "20.5"})
    walk("getVisitRate", query={"band": "rural", "minutes": 30})


def _cards(walk: Walk, standing: Any) -> None:
    card = standing["rate_card"]["id"]
    walk("listRateCards", query={"limit": 2})
    walk("getRateCardInForce")
    walk("getRateCard", card_id=card)
    walk("explainRateCard", card_id=card)
    walk("getDirectPayment", card_id=card, query={"band": "rural"})
    asked = walk.example("draftRateCard")
    drafted = walk("draftRateCard", body=OWN)
    walk("compareRateCards", query={"before_id": card, "after_id": drafted["id"]})
    first = max(SOON, date.fromisoformat(standing["rate_card"]["effective_from"]) + timedelta(days=3000))
    service = {"service_type": "example_service", "effective_from": first.isoformat(), "effective_to": None}
    number = walk("draftRateCard", body=asked | service)["id"]
    reasons = {item["code"]: "An example" for item in walk("getRateCard", card_id=number)["warnings"]}
    walk("publishRateCard", card_id=number, body=walk.example("publishRateCard") | {"accept": reasons})
    walk("endRateCard", card_id=number, body={"last_day": (first + timedelta(days=365)).isoformat()})
    walk("retireRateCard", card_id=number)


def _features(walk: Walk, _standing: Any) -> None:
    for name in ("getFeaturesLanding", "getFeaturesDescription", "listCollections", "getFeaturesConformance"):
        walk(name)
    walk("getCollection", collection="zones")
    found = walk("listFeatures", collection="zones", query={"limit": 2, "simplify_metres": 500})
    walk("getFeature", collection="zones", feature_id=found["features"][0]["id"], query={"simplify_metres": 500})


def _every_area(walk: Walk, plan: int) -> list[dict[str, Any]]:
    """The zone of every area of a plan, page by page."""
    found: list[dict[str, Any]] = []
    query: dict[str, Any] = {"limit": 1000}
    while True:
        page = walk("listPlanAreas", plan_id=plan, query=query)
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        query = query | {"cursor": page["next_cursor"]}


def _plans(walk: Walk, standing: Any) -> None:
    plan = standing["plan"]["id"]
    walk.perhaps("listPlans", query={"limit": 2})
    walk.perhaps("getPlan", plan_id=plan)
    areas = _every_area(walk, plan)
    walk.perhaps("getPlanHistory", plan_id=plan)
    walk.perhaps("downloadPlanZones", plan_id=plan, query={"simplify_metres": 500})
    walk.perhaps("exportPlanFile", plan_id=plan, form="geojson")
    walk.perhaps("exportPlanPostcodes", plan_id=plan, form="geojson")
    copied = walk("copyPlanToDraft", plan_id=plan, body=OWN)["id"]
    walk.perhaps("changePlan", plan_id=copied, body=OWN)
    walk.perhaps("comparePlansByFigures", query={"plan": [plan, copied]})
    walk.perhaps("mapPlanDifferences", query={"plan": [plan, copied], "simplify_metres": 500})
    walk.perhaps("testPlanRobustness", plan_id=plan, body=OWN)
    swept = walk.perhaps("sweepPlans", body=OWN) or {}
    walk.perhaps("getPlanSweep", job_id=swept.get("id", "none"))
    _edits(walk, copied)
    numbers = sorted({one["zone_number"] for one in areas})
    table = {
        "name": "From a table",
        "zone_by_area": {one["area_id"]: one["zone_number"] for one in areas},
        "zones": [{"number": number, "name": f"Zone {number}"} for number in numbers],
    }
    imported = (walk.perhaps("importPlanTable", body=table) or {"id": copied})["id"]
    few = {
        "name": "From a table",
        "zone_by_area": dict(list(table["zone_by_area"].items())[:2]),
        "zones": table["zones"][:2],
    }
    walk.seen["importPlanTable"]["request"] = few
    layer = walk("downloadPlanZones", plan_id=plan, query={"simplify_metres": 500})
    file = {"file": ("zones.geojson", json.dumps(layer).encode(), "application/geo+json")}
    walk.perhaps("importPlanFile", files=file, fields={"name": "From a file", "snap_metres": "400"})
    walk.perhaps("publishPlan", plan_id=imported, body={"reason": "An example of a plan from a table."})
    walk.perhaps("publishPlan", plan_id=plan, body={})
    walk.perhaps("retirePlan", plan_id=copied)
    walk.perhaps("getPlanProof", plan_id=plan)


def _edits(walk: Walk, plan: int) -> None:
    made = walk.perhaps("editDraftPlan", plan_id=plan, body=OWN) or {}
    walk.perhaps("listPlanEdits", plan_id=plan)
    walk.perhaps("undoPlanEdit", plan_id=plan, body={"expected_version": made["version"]} if "version" in made else {})
    walk.perhaps("redoPlanEdit", plan_id=plan, body={})


def _providers(walk: Walk, _standing: Any) -> None:
    walk("listProviders", query={"limit": 2})
    made = walk("createProvider", body=OWN)["id"]
    walk("replaceProvider", provider_id=made, body=walk.example("createProvider"))
    walk("getProvider", provider_id=made)
    zone = walk("lookUpPostcode", postcode=POSTCODE)["zone"]["number"]
    walk("stateCapacity", provider_id=made, body={"hours_per_week": 42.5, "zone": zone, "part_of_day": "morning"})
    walk("getCapacity", provider_id=made)
    walk("markQuality", provider_id=made, body={"on": "2026-10-01", "score": 72.5, "source": "Visit of 1 October"})
    walk("replyToScore", provider_id=made, body={"text": "Two missed calls were the ambulance's delay."})
    walk("getProviderScore", provider_id=made)
    days = {"first_day": SOON.isoformat(), "last_day": (SOON + timedelta(days=28)).isoformat()}
    walk("suspendProvider", provider_id=made, body=days | {"reason": "Asked for a pause of new packages."})
    walk("listSuspensions", provider_id=made)
    role = {"provider_id": made, "zone": zone, "role": "spot", "service_type": "maintenance", "from": "2026-04-01"}
    given = walk("giveRole", body=role)["id"]
    walk("listRoles", query={"limit": 2})
    walk("listRoleReviews")
    walk("listZoneWarnings")
    walk("endRole", role_id=given, body={"to": SOON.isoformat(), "reason": "The contract ends."})
    file = f"Name,Postcode,Skills\nAlder Example Care,{POSTCODE},hoist; dementia\n"
    walk("importProviderFile", files={"file": ("providers.csv", file.encode(), "text/csv")})


def _requests(walk: Walk, _standing: Any) -> None:
    walk("listCareRequests", query={"limit": 2})
    walk("makeCareRequest", body=OWN)
    zone = walk("lookUpPostcode", postcode=POSTCODE)["zone"]["number"]
    provider = walk("createProvider", body=walk.example("createProvider") | {"name": "Birch Example Care"})["id"]
    role = {
        "provider_id": provider,
        "zone": zone,
        "role": "prime",
        "service_type": "example care",
        "from": "2026-04-01",
    }
    walk("giveRole", body=role)
    first, second, third, fourth = (_request(walk, reference) for reference in ("PK-1", "PK-2", "PK-3", "PK-4"))
    walk("getCareRequest", request_id=first)
    walk("listPlacingOptions", request_id=first)
    walk("rankProviders", request_id=first)
    walk("listCallOffs", request_id=first)
    offer = walk("offerCareRequest", request_id=first, body={"provider_id": provider})["id"]
    walk("getOffer", offer_id=offer)
    walk("answerOffer", offer_id=offer, body={"answer": "accept"})
    walk("undoAnswer", offer_id=offer, body={"reason": "Pressed by mistake."})
    walk("answerOffer", offer_id=offer, body={"answer": "accept"})
    walk("listRequestOffers", request_id=first)
    walk("listOffers", query={"limit": 2})
    calls = walk("listCallOffs", request_id=first)
    found = calls["items"] if isinstance(calls, dict) else calls
    walk("getCallOff", call_off_id=found[0]["id"])
    walk("startCare", request_id=first, body={"on": TODAY.isoformat()})
    walk("getRequestRecord", request_id=first)
    walk("endCare", request_id=first, body={"on": TODAY.isoformat(), "reason": "Moved to residential care."})
    taken = walk("offerCareRequest", request_id=second, body={"provider_id": provider})["id"]
    walk("withdrawOffer", offer_id=taken, body={"reason": "Sent to the wrong office."})
    walk("offerRoundNow", request_id=third, body={})
    again = walk("offerCareRequest", request_id=second, body={"provider_id": provider})["id"]
    walk("answerOffer", offer_id=again, body={"answer": "accept"})
    walk("handBackPackage", offer_id=again, body={"reason": "No carer can reach the village before ten."})
    walk("withdrawCareRequest", request_id=fourth, body={"reason": "Family will help for now."})
    walk("importServiceRequest", body=SERVICE_REQUEST)
    needed = SOON.isoformat()
    file = f"Postcode,Visits,Needed from,Reference\n{POSTCODE},30 x 14 x 1,{needed},PK-9\n"
    walk("importRequestFile", files={"file": ("requests.csv", file.encode(), "text/csv")})
    walk("reportWaiting")
    walk("reportPeriod")
    walk("listWaitingSeries")
    walk("reportFairness")
    walk("listSwaps", query={"limit": 2})


def _request(walk: Walk, reference: str) -> int:
    asked = walk.example("makeCareRequest") | {"service_type": "example care", "reference": reference}
    return int(walk("makeCareRequest", body=asked)["id"])


def _rules(walk: Walk, _standing: Any) -> None:
    walk("listRuleSets", query={"limit": 2})
    walk("getRulesInForce")
    shipped = walk("listShippedRuleSets")
    found = (shipped["items"] if isinstance(shipped, dict) else shipped)[0]
    rules = found.get("rules", found)
    made = walk("draftRuleSet", body=rules | {"name": "example", "examples": rules.get("examples", [])[:1]})["id"]
    walk("getRuleSet", rule_set_id=made)
    walk("simulateRuleSets", body=OWN)
    walk("publishRuleSet", rule_set_id=made)


def _service(walk: Walk, _standing: Any) -> None:
    walk("getReport")
    walk("createApiKey", body=OWN)
    walk("listApiKeys", query={"limit": 2})
    walk("listAuditEntries", query={"limit": 2})
    walk("listJobs", query={"limit": 2})
    walk("signIn")
    walk("sayWhoIsSignedIn")
    walk("listBrowserSessions", query={"limit": 2})


def _rounds(walk: Walk, kept: Any) -> None:
    walk("planRounds", body=OWN)
    walk("listRounds", query={"limit": 2})
    for name in ("getRounds", "getRoundsDay"):
        walk(name, rounds_id=kept["rounds_id"])
    walk("downloadRounds", rounds_id=kept["rounds_id"], form="routes.geojson")
    walk("replanRounds", rounds_id=kept["rounds_id"], body=OWN)
    walk("listRoundSimulations", query={"limit": 2})
    for name in ("getSimulation", "priceSimulation"):
        walk(name, simulation_id=kept["simulation_id"])
    walk("draftRatesFromSimulation", simulation_id=kept["simulation_id"], body=OWN)


def _ends(walk: Walk, standing: Any) -> None:
    walk("retireBandRun", run_id=standing["band_run"]["id"])


def _travel(walk: Walk, _standing: Any) -> None:
    for name in ("findReach", "measureTravelMatrix", "findRoute"):
        walk(name, body=OWN)


PARTS = (
    _places,
    _bands,
    _demand,
    _prices,
    _cards,
    _features,
    _plans,
    _providers,
    _requests,
    _rules,
    _service,
    _rounds,
    _travel,
    _ends,
)


def _extract() -> str:
    head = "reference,person,postcode,service_type,start_date,end_date,provider,carers_per_visit,hours_per_week\n"
    return head + "".join(f"PK{i},C{i},{POSTCODE},maintenance,01/06/2019,,Ash Care,1,{7 + i}\n" for i in range(3))


MAPPING: dict[str, Any] = {
    "name": "example",
    "title": "Weekly report of commissioned care",
    "columns": {"reference": "Package", "postcode": "Postcode", "service_type": "Svc", "start_date": "From"},
    "hours": {"column": "Hours", "unit": "hours"},
    "date_formats": ["%d/%m/%Y"],
    "service_types": {"DOM": "maintenance", "REA": "reablement"},
}
SERVICE_REQUEST: dict[str, Any] = {
    "resourceType": "ServiceRequest",
    "status": "active",
    "intent": "order",
    "identifier": [{"value": "PK2000"}],
    "priority": "routine",
    "occurrenceTiming": {
        "repeat": {
            "boundsPeriod": {"start": SOON.isoformat()},
            "frequency": 2,
            "period": 1,
            "periodUnit": "d",
            "duration": 30,
            "durationUnit": "min",
        }
    },
    "locationCode": [{"text": POSTCODE}],
}
