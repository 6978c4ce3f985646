"""The certified provider of ``provider/``, run on this machine, and a person who signs in at it without a browser."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.node import find_node

FOLDER = Path(__file__).parent / "provider"
SECRET = "a secret of the tests, long enough"
AUDIENCE = "https://patchwork.example.gov.uk/api"
CLIENT = "patchwork"


def new_key(name: str) -> RSAKey:
    """A signing key of the provider."""
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig", "alg": "RS256"})


@dataclass
class CertifiedProvider:
    """The provider: it can be stopped, and started again with other keys."""

    port: int
    service: str
    keys: list[RSAKey] = field(default_factory=lambda: [new_key("first")])
    _process: subprocess.Popen[bytes] | None = None

    @property
    def issuer(self) -> str:
        """How it names itself."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        node, _ = _installed()
        told = {
            "port": self.port,
            "service": self.service,
            "secret": SECRET,
            "audience": AUDIENCE,
            "jwks": {"keys": [key.as_dict(private=True) for key in self.keys]},
        }
        environment = os.environ | {"PROVIDER": json.dumps(told)}
        self._process = subprocess.Popen(
            [node, "provider.mjs"], cwd=FOLDER, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        end = time.monotonic() + 60
        while time.monotonic() < end and self._process.poll() is None:
            with contextlib.suppress(httpx.TransportError):
                httpx.get(f"{self.issuer}/.well-known/openid-configuration", timeout=5).raise_for_status()
                return
            time.sleep(0.1)
        raise AssertionError("the provider did not come up")

    def stop(self) -> None:
        """Stop it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=20)
            self._process = None

    def forge(self, id_token: str) -> None:
        """Make the next token answer carry this ID token."""
        httpx.post(f"{self.issuer}/control", json={"id_token": id_token}, timeout=10).raise_for_status()

    def sign(self, claims: dict[str, Any], *, key: Any = None, header: dict[str, Any] | None = None) -> str:
        """A token as the provider signs them, or as somebody else would."""
        signer = key or self.keys[0]
        head = {"alg": "RS256", "kid": getattr(signer, "kid", None), "typ": "at+jwt"} | (header or {})
        return jwt.encode({k: v for k, v in head.items() if v is not None}, claims, signer, algorithms=[head["alg"]])

    def id_claims(self, subject: str, nonce: str, changed: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The claims of a right ID token, with changes."""
        now = int(time.time())
        claims = {"iss": self.issuer, "sub": subject, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce}
        return claims | {"groups": ["brokers"]} | dict(changed or {})

    def access_claims(self, subject: str = "brokers.jo", **changed: Any) -> dict[str, Any]:
        """The claims of a right access token, with changes."""
        now = int(time.time())
        claims = {"iss": self.issuer, "sub": subject, "aud": AUDIENCE, "iat": now, "exp": now + 300, "jti": "x"}
        return claims | {"groups": ["brokers"]} | changed

    def robot_token(self) -> str:
        """An access token that the provider itself made, for a program."""
        asked = {"grant_type": "client_credentials", "resource": AUDIENCE}
        answer = httpx.post(f"{self.issuer}/token", data=asked, auth=("brokers.robot", SECRET), timeout=20)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])


def _installed() -> tuple[str, list[str]]:
    """Node, and the provider's packages installed from their lock; skips with the reason where they cannot be had."""
    found = find_node()
    if found is None:
        pytest.skip("no Node.js 20 or newer with npm: the provider of the sign-on tests cannot be run")
    node, npm = found
    with (FOLDER.parent / ".provider.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = FOLDER / "node_modules" / ".package-lock.json"
        stamp = (FOLDER / "package-lock.json").stat().st_mtime
        if not kept.is_file() or kept.stat().st_mtime < stamp:
            command = [*npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"]
            done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, timeout=300, check=False)
            if done.returncode != 0:
                pytest.skip(f"the provider's packages cannot be installed: {done.stderr.strip()[-200:]}")
    return node, npm


@contextmanager
def certified_provider(port: int, service: str) -> Iterator[CertifiedProvider]:
    """The provider for a service at this address, until the block ends."""
    provider = CertifiedProvider(port, service)
    provider.start()
    try:
        yield provider
    finally:
        provider.stop()


@dataclass
class Visitor:
    """Somebody with a browser, as far as redirects, cookies and the provider's own form go."""

    client: httpx.Client
    service: str

    def begin(self, then: str = "/desk") -> str:
        """Begin at the service; where it sends the browser."""
        answer = self.client.get(f"{self.service}/sign-on/start", params={"then": then})
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    def sign_in(self, address: str, name: str) -> str:
        """Go to the provider and sign in on its own page; the address it sends the browser back to."""
        answer = self.client.get(address)
        for _ in range(12):
            if answer.is_redirect:
                address = str(httpx.URL(str(answer.url)).join(answer.headers["location"]))
                if address.startswith(self.service):
                    return address
                answer = self.client.get(address)
                continue
            form = re.search(r'action="([^"]+)"', answer.text)
            assert form is not None, answer.text
            said = {"prompt": "login", "login": name, "password": "any"}
            said = said if 'value="login"' in answer.text else {"prompt": "consent"}
            answer = self.client.post(str(answer.url.join(form[1])), data=said)
        raise AssertionError("the provider never sent the browser back")

    def signed_in(self, name: str, then: str = "/desk") -> httpx.Response:
        """The whole way; what the service answers at its end."""
        return self.client.get(self.sign_in(self.begin(then), name))


def asked(address: str) -> dict[str, str]:
    """The parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
