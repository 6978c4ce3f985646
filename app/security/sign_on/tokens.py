"""Tokens of the provider: signature first, then every claim.

The algorithm is chosen from the settings' list, never by the token: with ``none`` a token is not signed at all, and
with ``HS256`` the provider's public key, which anybody knows, would do as the secret (RFC 8725, section 2.1).
"""

from __future__ import annotations

import binascii
import json
from dataclasses import dataclass
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import ClaimError, ExpiredTokenError, JoseError
from joserfc.jws import JWSRegistry
from joserfc.jwt import JWTClaimsRegistry, Token
from joserfc.util import urlsafe_b64decode

from app.security.sign_on.provider import Provider
from app.settings import Settings

MOST_CHARACTERS = 16_384
_LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
_OF_ID_TOKENS = ("nonce", "at_hash", "c_hash")


class _Registry(JWSRegistry):
    max_header_length = 4096  # some providers put a certificate's prints beside the key's name


class TokenRefused(Exception):  # noqa: N818 - what happened to it
    """A token that does not hold. The message is the rest of a sentence about it, and quotes nothing of it."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What tokens must hold to be taken."""

    issuer: str
    client_id: str
    api_audience: str | None
    algorithms: tuple[str, ...]
    leeway_seconds: int

    @classmethod
    def of(cls, settings: Settings, issuer: str) -> Expected:
        """As the settings say."""
        return cls(
            issuer,
            settings.oidc_client_id or "",
            settings.oidc_api_audience,
            tuple(settings.oidc_algorithms.split()),
            settings.oidc_clock_skew_seconds,
        )


def looks_like_token(text: str) -> bool:
    """Whether a text has the three parts of a signed token (RFC 7515, compact form)."""
    return text.count(".") == 2 and text.startswith("ey") and len(text) <= MOST_CHARACTERS


def header_of(token: str) -> dict[str, Any]:
    """The header, not yet to be believed.

    Raises:
        TokenRefused: It is no signed token.
    """
    try:
        header = json.loads(urlsafe_b64decode(token.split(".", 1)[0].encode()))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise TokenRefused("is not a signed token") from error
    if not isinstance(header, dict) or not looks_like_token(token):
        raise TokenRefused("is not a signed token")
    return header


def key_name_of(token: str) -> str | None:
    """Which key a token says it is signed with.

    Raises:
        TokenRefused: It is no signed token.
    """
    name = header_of(token).get("kid")
    return name if isinstance(name, str) else None


def _signed(token: str, provider: Provider, expected: Expected) -> Token:
    header = header_of(token)
    if header.get("alg") not in expected.algorithms:
        raise TokenRefused("is signed in a way that is not accepted here")
    key = provider.known_key(key_name_of(token))
    if key is None:
        raise TokenRefused("is signed with a key that the sign-on service does not name")
    try:
        return jwt.decode(token, key, registry=_Registry(algorithms=expected.algorithms, strict_check_header=False))
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise TokenRefused("has a signature that does not hold") from error


def _refused(error: Exception) -> TokenRefused:
    if isinstance(error, ExpiredTokenError):
        return TokenRefused("has expired")
    return TokenRefused(f"has a wrong {error.claim!r}" if isinstance(error, ClaimError) else "has wrong claims")


def id_claims(
    token: str, provider: Provider, expected: Expected, *, nonce: str, access_token: str | None
) -> dict[str, Any]:
    """What an ID token says, once it holds (OpenID Connect Core 1.0, section 3.1.3.7).

    Raises:
        TokenRefused: It does not hold.
        Problem: 503, the provider's keys cannot be had.
    """
    provider.learn_key(key_name_of(token))
    signed = _signed(token, provider, expected)
    claims = CodeIDToken(
        signed.claims,
        signed.header,
        options={
            "iss": {"essential": True, "value": expected.issuer},
            "aud": {"essential": True, "value": expected.client_id},
        },
        params={"nonce": nonce, "client_id": expected.client_id, "access_token": access_token},
    )
    try:
        claims.validate(leeway=expected.leeway_seconds)
    except (JoseError, ValueError, TypeError) as error:
        raise _refused(error) from error
    return dict(claims)


def access_claims(token: str, provider: Provider, expected: Expected) -> dict[str, Any]:
    """What an access token says, once it holds (RFC 9068). Asks nobody: the key must be known by now.

    Raises:
        TokenRefused: It does not hold.
        Problem: 503, no keys could be had so far.
    """
    signed = _signed(token, provider, expected)
    kind = str(signed.header.get("typ", "JWT")).lower().removeprefix("application/")
    if kind not in {"jwt", "at+jwt"} or any(name in signed.claims for name in _OF_ID_TOKENS):
        raise TokenRefused("is no access token")
    return _held(signed, expected, audience=expected.api_audience or "")


def logout_claims(token: str, provider: Provider, expected: Expected) -> dict[str, Any]:
    """What a logout token says, once it holds (OpenID Connect Back-Channel Logout 1.0, section 2.6).

    Raises:
        TokenRefused: It does not hold.
        Problem: 503, the provider's keys cannot be had.
    """
    provider.learn_key(key_name_of(token))
    signed = _signed(token, provider, expected)
    kind = str(signed.header.get("typ", "JWT")).lower().removeprefix("application/")
    events = signed.claims.get("events")
    if kind not in {"jwt", "logout+jwt"} or not isinstance(events, dict) or _LOGOUT_EVENT not in events:
        raise TokenRefused("is no logout token")
    if "nonce" in signed.claims or not ({"sub", "sid"} & signed.claims.keys()):
        raise TokenRefused("is no logout token")
    return _held(signed, expected, audience=expected.client_id, needed=("iat", "jti"))


def _held(signed: Token, expected: Expected, *, audience: str, needed: tuple[str, ...] = ("sub",)) -> dict[str, Any]:
    registry = JWTClaimsRegistry(
        leeway=expected.leeway_seconds,
        iss={"essential": True, "value": expected.issuer},
        aud={"essential": True, "value": audience},
        exp={"essential": True},
    )
    if any(signed.claims.get(name) in (None, "") for name in needed):
        raise TokenRefused("lacks a claim")
    try:
        registry.validate(signed.claims)
    except (JoseError, ValueError, TypeError) as error:
        raise _refused(error) from error
    return dict(signed.claims)
