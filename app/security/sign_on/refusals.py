"""The ways in which signing on can fail, each said so that the person knows what to do."""

from __future__ import annotations

from app.problems import Problem


def provider_away(wait_seconds: int) -> Problem:
    """The provider cannot be asked just now. What it said or how it failed is for the log, not for the person."""
    return Problem(
        503,
        "sign-on-unavailable",
        "Sign-on is away",
        "The council's sign-on service does not answer, so nobody can be signed in with it just now. "
        f"Try again in {wait_seconds} seconds. Whoever has a key can sign in with that meanwhile.",
        headers={"Retry-After": str(wait_seconds)},
    )


def not_signed_on(detail: str) -> Problem:
    """A sign-on that does not hold: begun elsewhere, used before, too old, or with a token that does not hold."""
    return Problem(400, "sign-on-failed", "You were not signed in", f"{detail} Begin again from the sign-in page.")


def no_role(contact: str) -> Problem:
    """Somebody who is known to the provider and has no role here."""
    return Problem(
        403,
        "sign-on-no-role",
        "Your account has no role here",
        f"You are signed in at your council, and none of your account's groups has a role in Patchwork. Ask {contact} "
        "to add your account to one that has.",
    )
