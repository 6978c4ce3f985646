"""The authorisation code flow with PKCE: to the provider and back (OpenID Connect Core 1.0, section 3.1; RFC 7636)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2
import structlog
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client

from app.security.sign_on.attempts import Attempt
from app.security.sign_on.people import Rules, claim_of
from app.security.sign_on.provider import RETRY_SECONDS, Provider
from app.security.sign_on.refusals import not_signed_on, provider_away
from app.security.sign_on.tokens import Expected, TokenRefused, id_claims
from app.settings import Settings

log = structlog.get_logger(__name__)

_SAID = {
    "access_denied": "The sign-on was ended before it was done, or your account may not use this service.",
    "login_required": "The sign-on service wants you to sign in there first.",
}
_THEIR_TROUBLE = {"server_error", "temporarily_unavailable"}
_OUR_TROUBLE = {"invalid_client", "unauthorized_client", "invalid_scope", "unsupported_response_type"}


class Flow:
    """One service's sign-ons at one provider."""

    def __init__(self, settings: Settings, provider: Provider, expected: Expected, rules: Rules) -> None:
        """Keep how this service is known there."""
        self._settings, self._provider, self._expected, self._rules = settings, provider, expected, rules

    def address(self, attempt: Attempt) -> str:
        """Where the browser goes to sign in.

        Raises:
            Problem: 503, the provider does not answer.
        """
        endpoint = self._provider.metadata()["authorization_endpoint"]
        with self._client(attempt) as client:
            address, _ = client.create_authorization_url(
                endpoint, state=attempt.state, nonce=attempt.nonce, code_verifier=attempt.verifier
            )
        return str(address)

    def end_address(self, back: str) -> str | None:
        """Where the browser goes to sign out at the provider too (RP-Initiated Logout 1.0); None without such a place.

        No ID token goes along: addresses are logged on the way, and it says who somebody is. The provider may ask.
        """
        endpoint = self._provider.metadata().get("end_session_endpoint")
        if endpoint is None:
            return None
        query = urlencode({"client_id": self._settings.oidc_client_id, "post_logout_redirect_uri": back})
        return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{query}"

    def finish(self, attempt: Attempt, answer: Mapping[str, str]) -> dict[str, Any]:
        """What is known of whoever signed in, from the provider's answer to an attempt.

        Raises:
            Problem: 400, the answer does not hold; 503, the provider does not answer.
        """
        self._check(answer)
        tokens = self._tokens(attempt, answer.get("code", ""))
        given = tokens.get("id_token")
        if not isinstance(given, str):
            raise not_signed_on("The sign-on service gave no ID token.")
        access = tokens.get("access_token")
        try:
            claims = id_claims(
                given,
                self._provider,
                self._expected,
                nonce=attempt.nonce,
                access_token=access if isinstance(access, str) else None,
            )
        except TokenRefused as refused:
            log.warning("sign_on_refused", reason=str(refused))
            raise not_signed_on(f"The ID token of the sign-on service {refused}.") from refused
        if claim_of(claims, self._rules.roles_claim) is None and isinstance(access, str):
            claims = self._user_info(access, str(claims["sub"])) | claims
        return claims

    def _check(self, answer: Mapping[str, str]) -> None:
        """Refuse an answer that is an error, or of another provider (RFC 9207)."""
        issuer = answer.get("iss")
        if issuer is not None and issuer != self._provider.issuer:
            raise not_signed_on("The answer came from another sign-on service.")
        if issuer is None and self._provider.metadata().get("authorization_response_iss_parameter_supported") is True:
            raise not_signed_on("The answer does not say which sign-on service it came from.")
        error = answer.get("error")
        if error in _THEIR_TROUBLE:
            raise provider_away(RETRY_SECONDS)
        if error in _OUR_TROUBLE:
            raise _misconfigured(error)
        if error is not None:
            raise not_signed_on(_SAID.get(error, "The sign-on service refused."))
        if not answer.get("code"):
            raise not_signed_on("The answer of the sign-on service lacks its code.")

    def _tokens(self, attempt: Attempt, code: str) -> dict[str, Any]:
        endpoint = self._provider.metadata()["token_endpoint"]
        try:
            with self._client(attempt) as client:
                return dict(
                    client.fetch_token(
                        endpoint, grant_type="authorization_code", code=code, code_verifier=attempt.verifier
                    )
                )
        except OAuthError as error:
            if error.error in _OUR_TROUBLE:
                raise _misconfigured(error.error) from error
            raise not_signed_on(
                "The sign-on service did not accept the code: it was used before, or is too old."
            ) from error
        except (httpx2.HTTPError, ValueError, TypeError) as error:
            log.warning("sign_on_provider_away", error=type(error).__name__, asked="token_endpoint")
            raise provider_away(RETRY_SECONDS) from error

    def _user_info(self, access_token: str, subject: str) -> dict[str, Any]:
        """Further claims, for providers that do not put groups into the ID token; they must be of the same person."""
        endpoint = self._provider.metadata().get("userinfo_endpoint")
        if endpoint is None:
            return {}
        try:
            with self._provider.client() as client:
                answer = client.get(endpoint, headers={"Authorization": f"Bearer {access_token}"})
            answer.raise_for_status()
            found = answer.json()
        except (httpx2.HTTPError, ValueError) as error:
            log.warning("sign_on_provider_away", error=type(error).__name__, asked="userinfo_endpoint")
            raise provider_away(RETRY_SECONDS) from error
        if not isinstance(found, dict) or found.get("sub") != subject:
            raise not_signed_on("The sign-on service named another person than it had signed in.")
        return found

    def _client(self, attempt: Attempt) -> Any:
        secret = self._settings.oidc_client_secret
        return OAuth2Client(
            client_id=self._settings.oidc_client_id,
            client_secret=secret.get_secret_value() if secret else None,
            token_endpoint_auth_method=self._way_to_show_the_secret(),
            scope=self._settings.oidc_scopes,
            redirect_uri=attempt.redirect,
            code_challenge_method="S256",
            timeout=self._settings.oidc_timeout_seconds,
        )

    def _way_to_show_the_secret(self) -> str:
        if self._settings.oidc_client_secret is None:
            return "none"
        # Without word from the provider it is the first (OpenID Connect Discovery 1.0, section 3).
        ways = self._provider.metadata().get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        return "client_secret_basic" if "client_secret_basic" in ways else "client_secret_post"


def _misconfigured(error: str) -> Exception:
    log.error("sign_on_misconfigured", provider_says=error)
    return provider_away(RETRY_SECONDS)
