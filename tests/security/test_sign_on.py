"""Signing on with council accounts, at a certified provider that runs beside the service."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from fastapi.testclient import TestClient
from joserfc.jwk import OctKey
from joserfc.util import urlsafe_b64encode
from sqlalchemy import select

from app.main import create_app
from app.security.sessions import COOKIE
from app.security.sign_on.provider import REFETCH_SECONDS, Provider
from app.storage.models import AuditEntry, UserSession
from tests.databases import Installation, settings_for
from tests.security.sign_on_provider import (
    AUDIENCE,
    CLIENT,
    SECRET,
    CertifiedProvider,
    Visitor,
    asked,
    certified_provider,
    new_key,
)
from tests.services import Service, free_port, running_service

ROLES = {"brokers": "broker", "analysts": "analyst", "chiefs": "admin"}
SKEW_SECONDS = 30
HTML, PROBLEM = "text/html; charset=utf-8", "application/problem+json"


class Both(NamedTuple):
    """The service and the provider that it asks."""

    service: Service
    provider: CertifiedProvider


@pytest.fixture(scope="module")
def both(blank: Installation) -> Iterator[Both]:
    port, theirs = free_port(), free_port()
    address = f"http://127.0.0.1:{port}"
    with certified_provider(theirs, address) as provider:
        settings = blank.settings.model_copy(
            update={
                "oidc_issuer": provider.issuer,
                "oidc_client_id": CLIENT,
                "oidc_roles": json.dumps(ROLES),
                "oidc_api_audience": AUDIENCE,
                "oidc_clock_skew_seconds": SKEW_SECONDS,
                "oidc_contact": "the service desk on extension 4000",
                "log_level": "DEBUG",
            }
        )
        with running_service(
            Installation(blank.backend, settings, blank.database),
            worker=False,
            port=port,
            PATCHWORK_OIDC_CLIENT_SECRET=SECRET,
        ) as service:
            yield Both(service, provider)


@pytest.fixture
def visitor(both: Both) -> Iterator[Visitor]:
    with httpx.Client(timeout=60, headers={"Accept": "text/html"}) as client:
        yield Visitor(client, both.service.url)


def test_a_broker_signs_in_with_a_council_account_and_is_a_broker(both: Both, visitor: Visitor) -> None:
    begun = visitor.begin("/desk/requests")
    sent = asked(begun)
    assert (sent["response_type"], sent["code_challenge_method"]) == ("code", "S256")
    assert min(len(sent[name]) for name in ("state", "nonce", "code_challenge")) >= 40
    done = visitor.client.get(visitor.sign_in(begun, "brokers.jo"))
    assert (done.status_code, done.headers["refresh"]) == (200, "0; url=/desk/requests")
    who = visitor.client.get(f"{both.service.url}/v1/session").json()
    assert (who["role"], who["name"], who["sign_out_address"]) == ("broker", "account brokers.jo", "/sign-on/end")
    cookie = next(value for value in done.headers.get_list("set-cookie") if value.startswith(COOKIE)).lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_the_role_that_comes_last_in_the_order_counts_of_several(both: Both, visitor: Visitor) -> None:
    visitor.signed_in("brokers+analysts+gardeners.ada")
    assert visitor.client.get(f"{both.service.url}/v1/session").json()["role"] == "analyst"


def test_somebody_without_a_role_is_told_whom_to_ask(visitor: Visitor) -> None:
    answer = visitor.signed_in("gardeners.sam")
    assert (answer.status_code, answer.headers["content-type"]) == (403, HTML)
    assert "Ask the service desk on extension 4000" in answer.text
    assert COOKIE not in visitor.client.cookies


def test_opening_and_ending_are_in_the_audit_log_by_subject(both: Both, visitor: Visitor) -> None:
    visitor.signed_in("brokers.audited")
    with both.service.installation.database.read() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.actor == "account brokers.audited")).all()
    assert [entry.action for entry in entries] == ["session.open"]


def _refused(answer: httpx.Response, *words: str) -> None:
    assert (answer.status_code, answer.headers["content-type"]) == (400, HTML), answer.text
    assert all(word in answer.text for word in words), answer.text


def test_an_answer_with_another_state_is_refused(visitor: Visitor) -> None:
    back = httpx.URL(visitor.sign_in(visitor.begin(), "brokers.jo"))
    _refused(visitor.client.get(back.copy_set_param("state", "made-up")), "begun in another browser")
    with httpx.Client() as other:  # the right answer in a browser that did not begin it
        assert other.get(back).status_code == 400
    assert COOKIE not in visitor.client.cookies


def test_an_answer_used_twice_is_refused(visitor: Visitor) -> None:
    begun = visitor.begin()
    kept = dict(visitor.client.cookies.items())
    back = visitor.sign_in(begun, "brokers.jo")
    assert visitor.client.get(back).status_code == 200
    with httpx.Client(cookies=kept, headers={"Accept": "text/html"}) as thief:
        _refused(thief.get(back), "has been used")
        assert COOKIE not in thief.cookies


def test_a_code_used_twice_is_refused_by_the_provider_and_said_so(visitor: Visitor) -> None:
    code = asked(visitor.sign_in(visitor.begin(), "brokers.jo"))["code"]
    later = httpx.URL(visitor.sign_in(visitor.begin(), "brokers.jo"))
    _refused(visitor.client.get(later.copy_set_param("code", code)), "used before, or is too old")


def test_an_answer_of_another_provider_is_refused(visitor: Visitor) -> None:
    back = httpx.URL(visitor.sign_in(visitor.begin(), "brokers.jo"))
    _refused(visitor.client.get(back.copy_set_param("iss", "https://evil.example")), "another sign-on service")


def test_who_breaks_off_is_told_so_and_no_word_of_the_address_is_repeated(both: Both, visitor: Visitor) -> None:
    state = asked(visitor.begin())["state"]
    answer = visitor.client.get(
        f"{both.service.url}/sign-on/callback",
        params={
            "state": state,
            "error": "access_denied",
            "error_description": "call 0900 FRAUD",
            "iss": both.provider.issuer,
        },
    )
    _refused(answer, "was ended before it was done")
    assert "FRAUD" not in answer.text


Forged = Callable[[CertifiedProvider, str], str]


def _signed(**changed: Any) -> Forged:
    return lambda provider, nonce: provider.sign(provider.id_claims("brokers.jo", nonce, changed))


def _without_a_signature(provider: CertifiedProvider, nonce: str) -> str:
    parts = [{"alg": "none", "kid": "first"}, provider.id_claims("brokers.jo", nonce)]
    return ".".join(urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts) + "."


def _with_the_public_key_as_secret(provider: CertifiedProvider, nonce: str) -> str:
    public = provider.keys[0].as_pem(private=False)
    secret = OctKey.import_key({"kty": "oct", "k": OctKey.import_key(public.hex()).as_dict()["k"]})
    return provider.sign(provider.id_claims("brokers.jo", nonce), key=secret, header={"alg": "HS256", "kid": "first"})


def _with_a_key_of_the_same_name(provider: CertifiedProvider, nonce: str) -> str:
    return provider.sign(provider.id_claims("brokers.jo", nonce), key=new_key("first"))


def _with_an_unknown_key(provider: CertifiedProvider, nonce: str) -> str:
    return provider.sign(provider.id_claims("brokers.jo", nonce), key=new_key("unknown"))


def _long_ago(**of: int) -> Forged:
    def made(provider: CertifiedProvider, nonce: str) -> str:
        now = int(time.time())
        changed = {name: now - seconds for name, seconds in of.items()}
        return provider.sign(provider.id_claims("brokers.jo", nonce, changed))

    return made


@pytest.mark.parametrize(
    ("forged", "said"),
    [
        (_signed(nonce="another"), "wrong &#x27;nonce&#x27;"),
        (_signed(aud="another-service"), "wrong &#x27;aud&#x27;"),
        (_signed(aud=[CLIENT, "another"], azp="another"), "wrong &#x27;azp&#x27;"),
        (_signed(iss="https://evil.example"), "wrong &#x27;iss&#x27;"),
        (_signed(exp=None), "wrong &#x27;exp&#x27;"),
        (_signed(exp="soon"), "wrong &#x27;exp&#x27;"),
        (_long_ago(iat=600, exp=SKEW_SECONDS + 60), "has expired"),
        (_long_ago(iat=-3600), "wrong &#x27;iat&#x27;"),
        (_without_a_signature, "in a way that is not accepted"),
        (_with_the_public_key_as_secret, "in a way that is not accepted"),
        (_with_a_key_of_the_same_name, "signature that does not hold"),
        (_with_an_unknown_key, "does not name"),
        (lambda _provider, _nonce: "rubbish", "is not a signed token"),
        (lambda _provider, _nonce: "eyJ.e.e", "is not a signed token"),
    ],
)
def test_an_id_token_that_does_not_hold_is_refused(both: Both, visitor: Visitor, forged: Forged, said: str) -> None:
    begun = visitor.begin()
    back = visitor.sign_in(begun, "brokers.jo")
    both.provider.forge(forged(both.provider, asked(begun)["nonce"]))
    _refused(visitor.client.get(back), said)
    assert COOKIE not in visitor.client.cookies


@pytest.mark.parametrize(
    "forged", [_signed(), _long_ago(iat=600, exp=SKEW_SECONDS - 15), _long_ago(iat=15 - SKEW_SECONDS)]
)
def test_a_clock_that_is_off_by_less_than_the_setting_does_no_harm(
    both: Both, visitor: Visitor, forged: Forged
) -> None:
    begun = visitor.begin()
    back = visitor.sign_in(begun, "brokers.jo")
    both.provider.forge(forged(both.provider, asked(begun)["nonce"]))
    assert visitor.client.get(back).status_code == 200


def test_a_link_that_leads_elsewhere_leads_to_the_first_page(visitor: Visitor) -> None:
    for elsewhere in ("//evil.example", "https://evil.example/", "/\\evil.example", "/a\r\nSet-Cookie: x=y"):
        assert visitor.signed_in("brokers.jo", elsewhere).headers["refresh"] == "0; url=/"


def test_signing_out_ends_the_session_here_and_goes_on_to_the_provider(both: Both, visitor: Visitor) -> None:
    visitor.signed_in("brokers.leaver")
    who = visitor.client.get(f"{both.service.url}/v1/session").json()
    kept = visitor.client.cookies[COOKIE]
    token = {"X-CSRF-Token": who["csrf_token"]}
    assert visitor.client.delete(f"{both.service.url}/v1/session", headers=token).status_code == 204
    with httpx.Client(cookies={COOKIE: kept}) as other:
        assert other.get(f"{both.service.url}/v1/session").status_code == 401
    onward = visitor.client.get(both.service.url + who["sign_out_address"])
    assert onward.status_code == 303
    assert onward.headers["location"].startswith(f"{both.provider.issuer}/session/end?")
    assert asked(onward.headers["location"]) == {
        "client_id": CLIENT,
        "post_logout_redirect_uri": f"{both.service.url}/",
    }
    asking = visitor.client.get(onward.headers["location"])
    assert asking.status_code == 200
    assert both.service.url.removeprefix("http://") in asking.text or "log" in asking.text.lower()


def test_signing_out_at_the_provider_ends_the_session_here(both: Both, visitor: Visitor) -> None:
    visitor.signed_in("brokers.tired")
    assert visitor.client.get(f"{both.service.url}/v1/session").status_code == 200
    asking = visitor.client.get(f"{both.provider.issuer}/session/end")
    xsrf = re.search(r'name="xsrf" value="([^"]+)"', asking.text)
    assert xsrf is not None, asking.text
    done = visitor.client.post(f"{both.provider.issuer}/session/end/confirm", data={"xsrf": xsrf[1], "logout": "yes"})
    assert done.status_code in {200, 303}
    assert visitor.client.get(f"{both.service.url}/v1/session").status_code == 401


@pytest.mark.parametrize("changed", [{"nonce": "n"}, {"events": {}}, {"aud": "another"}, {"exp": 1}, {"jti": None}])
def test_a_logout_token_that_does_not_hold_ends_nothing(both: Both, visitor: Visitor, changed: dict[str, Any]) -> None:
    visitor.signed_in("brokers.stays")
    events = {"http://schemas.openid.net/event/backchannel-logout": {}}
    claims = both.provider.access_claims("brokers.stays", aud=CLIENT, events=events) | changed
    claims.pop("groups")
    token = both.provider.sign(claims, header={"typ": "logout+jwt"})
    with httpx.Client() as provider:
        answer = provider.post(f"{both.service.url}/sign-on/back-channel", data={"logout_token": token})
    assert (answer.status_code, answer.headers["content-type"]) == (400, PROBLEM)
    assert visitor.client.get(f"{both.service.url}/v1/session").status_code == 200


def test_an_administrator_sees_and_ends_a_session(both: Both, visitor: Visitor) -> None:
    visitor.signed_in("brokers.ended")
    with both.service.client("admin") as administrator:
        (row,) = [
            item
            for item in administrator.get("/v1/sessions").json()["items"]
            if item["name"] == "account brokers.ended"
        ]
        assert row["opened_with"] == "council account"
        assert administrator.delete(f"/v1/sessions/{row['id']}").status_code == 204
    assert visitor.client.get(f"{both.service.url}/v1/session").status_code == 401


def test_what_is_kept_of_an_account_is_its_name_here_and_hashes(both: Both, visitor: Visitor) -> None:
    visitor.signed_in("brokers.kept")
    with both.service.installation.database.read() as session:
        row = session.scalars(select(UserSession).where(UserSession.name == "account brokers.kept")).one()
    assert row.key_id is None
    assert len(row.account_sha256 or "") == len(row.provider_session_sha256 or "") == 64


def _bearer(both: Both, token: str, path: str = "/v1/session") -> httpx.Response:
    with both.service.client(None, Authorization=f"Bearer {token}") as client:
        return client.get(path)


def test_a_program_calls_the_api_with_the_providers_access_token(both: Both) -> None:
    token = both.provider.robot_token()
    answer = _bearer(both, token)
    assert (answer.status_code, answer.json()["role"]) == (200, "broker"), answer.text
    assert _bearer(both, token, "/v1/keys").status_code == 403
    with both.service.client(None, Authorization=f"Bearer {token}") as client:
        assert client.post("/v1/session").status_code == 401  # only a key opens a browser session
        assert client.post("/v1/keys", json={"name": "x", "role": "viewer"}).status_code == 403


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, 200),
        ({"aud": "another"}, 401),
        ({"aud": CLIENT}, 401),
        ({"iss": "https://evil.example"}, 401),
        ({"exp": 1_700_000_000}, 401),
        ({"exp": None}, 401),
        ({"sub": None}, 401),
        ({"nbf": 10**11}, 401),
        ({"nonce": "of an ID token"}, 401),
        ({"groups": ["gardeners"]}, 403),
        ({"groups": {"brokers": 1}}, 403),
        ({"exp": 10**18}, 200),
    ],
)
def test_an_access_token_is_refused_as_a_key_is(both: Both, changed: dict[str, Any], status: int) -> None:
    claims = {name: value for name, value in (both.provider.access_claims() | changed).items() if value is not None}
    answer = _bearer(both, both.provider.sign(claims))
    assert answer.status_code == status, answer.text
    if status != 200:
        assert answer.headers["content-type"] == PROBLEM
    if status == 401:
        assert "www-authenticate" in answer.headers


@pytest.mark.parametrize("forged", [_without_a_signature, _with_the_public_key_as_secret, _with_a_key_of_the_same_name])
def test_an_access_token_that_the_provider_did_not_sign_is_refused(both: Both, forged: Forged) -> None:
    assert _bearer(both, forged(both.provider, "")).status_code == 401


def test_a_new_key_of_the_provider_is_found_and_an_old_one_forgotten(both: Both) -> None:
    provider = both.provider
    assert _bearer(both, provider.sign(provider.access_claims())).status_code == 200
    old = provider.keys[0]
    provider.stop()
    provider.keys = [new_key("second")]
    provider.start()
    end = time.monotonic() + REFETCH_SECONDS + 20
    seen = []
    while time.monotonic() < end:
        seen.append(_bearer(both, provider.sign(provider.access_claims())).status_code)
        if seen[-1] == 200:
            break
        time.sleep(0.5)
    assert seen[-1] == 200, seen
    assert _bearer(both, provider.sign(provider.access_claims("brokers.late"), key=old)).status_code == 401


def test_made_up_keys_do_not_make_the_service_ask_the_provider_each_time() -> None:
    asked_for: list[str] = []
    provider = Provider(settings_for(Path(), None), "https://provider.example")
    known = new_key("known").as_dict(private=False)

    def read(address: str) -> Any:
        asked_for.append(address)
        if address.endswith("configuration"):
            ways = dict.fromkeys(("authorization_endpoint", "token_endpoint", "jwks_uri"), "https://provider.example/x")
            return {"issuer": "https://provider.example", **ways}
        return {"keys": [known, {"kty": "oct", "k": "AAAA"}, {"kty": "new-fangled"}]}

    provider._read = read  # type: ignore[method-assign]
    for number in range(50):
        provider.learn_key(f"made-up-{number}")
    assert len(asked_for) <= 2
    assert provider.known_key("known") is not None


def test_nothing_of_a_token_is_in_the_log(both: Both, visitor: Visitor) -> None:
    back = visitor.sign_in(visitor.begin(), "brokers.quiet")
    visitor.client.get(back)
    token = both.provider.robot_token()
    _bearer(both, token)
    (log,) = both.service.installation.settings.data_dir.glob("serve-*.log")
    text = log.read_text()
    assert '"/sign-on/callback"' in text
    for secret in (asked(back)["code"], asked(back)["state"], token, token.split(".")[1], SECRET, "brokers.quiet"):
        assert secret not in text


def test_while_the_provider_is_away_people_are_told_and_keys_go_on_working(both: Both, visitor: Visitor) -> None:
    back = visitor.sign_in(visitor.begin(), "brokers.jo")
    both.provider.stop()
    try:
        answer = visitor.client.get(back)
        assert (answer.status_code, answer.headers["content-type"]) == (503, HTML)
        assert int(answer.headers["retry-after"]) >= 1
        assert "does not answer" in answer.text
        with both.service.client("broker") as client:
            assert client.get("/v1/session").status_code == 200
    finally:
        both.provider.start()


def test_a_service_whose_provider_never_answered_says_so(blank: Installation) -> None:
    settings = blank.settings.model_copy(
        update={
            "oidc_issuer": f"http://127.0.0.1:{free_port()}",
            "oidc_client_id": CLIENT,
            "oidc_api_audience": "x",
            "oidc_roles": json.dumps(ROLES),
        }
    )
    provider = CertifiedProvider(1, "")
    with TestClient(create_app(settings), raise_server_exceptions=False, follow_redirects=False) as client:
        answer = client.get("/sign-on/start")
        assert (answer.status_code, answer.headers["content-type"]) == (503, PROBLEM)
        assert 1 <= int(answer.headers["retry-after"]) <= 10
        assert client.get("/sign-on/end").headers["location"] == "/"
        for method in ("GET", "POST"):
            token = provider.sign(provider.access_claims())
            answer = client.request(method, "/v1/plans", headers={"Authorization": f"Bearer {token}"}, json={})
            assert (answer.status_code, answer.headers["content-type"]) == (503, PROBLEM)
            assert "retry-after" in answer.headers


def test_without_a_provider_there_is_no_sign_on(blank: Installation) -> None:
    with TestClient(create_app(blank.settings), raise_server_exceptions=False) as client:
        for path in ("start", "callback", "end"):
            assert client.get(f"/sign-on/{path}").status_code == 404
        assert client.get("/page/sign-in").json()["single_sign_on"] is None
