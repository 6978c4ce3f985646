"""What a provider says of somebody becomes a role and a name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from app.security.roles import Role
from app.security.sign_on.attempts import Attempts, safe_path
from app.security.sign_on.people import Rules, name_of, role_of
from tests.databases import settings_for


def _rules(claim: str = "groups", name: str | None = None) -> Rules:
    return Rules({"Home care brokers": Role.BROKER, "jo@example.gov.uk": Role.ANALYST}, claim, name)


@pytest.mark.parametrize(
    ("claim", "claims", "role"),
    [
        ("groups", {"groups": ["Home care brokers", "All staff"]}, Role.BROKER),
        ("groups", {"groups": "Home care brokers"}, Role.BROKER),
        ("groups", {"groups": ["home care brokers"]}, None),
        ("groups", {"groups": []}, None),
        ("groups", {"groups": None}, None),
        ("groups", {"groups": [["Home care brokers"], 3]}, None),
        ("groups", {}, None),
        ("realm_access.roles", {"realm_access": {"roles": ["Home care brokers"]}}, Role.BROKER),
        ("realm_access.roles", {"realm_access": ["Home care brokers"]}, None),
        ("https://example.org/roles", {"https://example.org/roles": ["Home care brokers"]}, Role.BROKER),
        ("email", {"email": "jo@example.gov.uk", "email_verified": True}, Role.ANALYST),
        ("email", {"email": "jo@example.gov.uk", "email_verified": "true"}, None),
        ("email", {"email": "jo@example.gov.uk"}, None),
    ],
)
def test_a_role_follows_from_the_claim_alone(claim: str, claims: dict[str, Any], role: Role | None) -> None:
    assert role_of(claims, _rules(claim)) is role


def test_people_are_named_by_subject_and_by_name_only_where_it_is_asked_for() -> None:
    claims = {"sub": "248289761001", "name": "Jo Bloggs"}
    assert name_of(claims, _rules()) == "account 248289761001"
    assert name_of(claims, _rules(name="name")) == "Jo Bloggs (account 248289761001)"
    assert name_of(claims | {"name": "\u202egnp"}, _rules(name="name")) == "account 248289761001"
    assert name_of(claims | {"name": ["Jo"]}, _rules(name="name")) == "account 248289761001"


def test_a_name_fits_where_it_is_kept_and_never_hides_whose_it_is() -> None:
    long = {"sub": "s" * 255, "name": "n" * 300}
    named = name_of(long, _rules(name="name"))
    assert len(named) <= 80
    assert named != name_of(long | {"sub": "s" * 254}, _rules(name="name"))
    assert name_of({"sub": "a\nb"}, _rules()) != name_of({"sub": "a\nc"}, _rules())


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"oidc_roles": "brokers=broker"}, "JSON object"),
        ({"oidc_algorithms": "RS256 HS256"}, "HS256"),
        ({"oidc_algorithms": "none"}, "none"),
        ({"oidc_issuer": "https://id.example.gov.uk"}, "PATCHWORK_OIDC_CLIENT_ID"),
        ({"oidc_issuer": "http://id.example.gov.uk", "oidc_client_id": "x"}, "https://"),
        ({"oidc_issuer": "https://id.example.gov.uk", "oidc_client_id": "x", "oidc_scopes": "email"}, "openid"),
    ],
)
def test_a_setting_that_cannot_work_is_refused_by_name(wrong: dict[str, str], said: str, tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match=said):
        settings_for(tmp_path, None, **wrong)


def test_a_role_that_there_is_not_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="PATCHWORK_OIDC_ROLES names an unknown role"):
        Rules.of(settings_for(tmp_path, None, oidc_roles='{"Home care brokers": "superuser"}'))


@pytest.mark.parametrize("then", ["//evil", "/\\evil", "https://evil", "evil", "/a\r\nb", "/" + "a" * 600, None, ""])
def test_nobody_is_led_elsewhere(then: str | None) -> None:
    assert safe_path(then) == "/"


def test_an_attempt_is_taken_back_once_by_the_browser_that_began_it() -> None:
    attempts = Attempts(b"secret")
    attempt, cookie = attempts.begin("/desk", "https://patchwork.example.gov.uk/sign-on/callback")
    other, _ = attempts.begin("/desk", "https://patchwork.example.gov.uk/sign-on/callback")
    assert attempts.take(other.state, cookie) is None
    for changed in (None, "", "rubbish", f"{cookie}0", f"0{cookie}", "\ud800.x"):
        assert attempts.take(attempt.state, changed) is None
    assert Attempts(b"another secret").take(attempt.state, cookie) is None
    assert attempts.take(attempt.state, cookie) == attempt
    assert attempts.take(attempt.state, cookie) is None
