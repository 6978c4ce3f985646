"""What goes wrong when zones are drawn, said so that the person who asked can put it right."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Finding:
    """One reason why a request cannot be met.

    Attributes:
        kind: Short stable code, such as ``disconnected`` or ``unit_too_large``.
        message: A sentence naming the units and zones, what was found and what was expected.
        remedy: What would make the request possible.
        units: Index of every unit concerned.
        zones: Index of every zone concerned.
    """

    kind: str
    message: str
    remedy: str = ""
    units: tuple[int, ...] = field(default=())
    zones: tuple[int, ...] = field(default=())

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class ZoningError(ValueError):
    """A zoning request that cannot be met; `findings` holds every reason found."""

    def __init__(self, findings: list[Finding], lead: str = "") -> None:
        self.findings = tuple(findings)
        lines = [str(finding) for finding in findings]
        if lead:
            lines.insert(0, lead)
        super().__init__("\n".join(lines))

    @property
    def kinds(self) -> tuple[str, ...]:
        """The codes of the findings, in the order found."""
        return tuple(finding.kind for finding in self.findings)


class InvalidProblemError(ZoningError):
    """The input contradicts itself or has the wrong shape: no plan can exist."""


class NoPlanFoundError(ZoningError):
    """The input is not provably impossible, but no feasible plan was found within the budget."""
