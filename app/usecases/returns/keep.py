"""Returns kept and decided on, and what those that count say together."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session

from app.problems import Problem, invalid_input, not_found
from app.storage.returns import (
    COUNTED,
    EXCLUDED,
    REPLACED,
    ProviderReturnRow,
    counted_returns,
    decide_return,
    find_return,
    keep_return,
    returns_listed,
)
from app.usecases.returns.answers import ExcludedReturn, ImportedReturns, ReturnsAnswer, ReturnSummary, summary_of
from app.usecases.returns.read import MOST_FILES, read_return, stored_return
from pricing.return_checks import check_return, label_of
from pricing.return_statistics import LEAST_RETURNS, return_statistics
from pricing.returns import ProviderReturn

MOST_KEPT = 10_000
SHOWN = 200


def import_returns(session: Session, council: str, files: Sequence[tuple[str, bytes]], actor: str) -> ImportedReturns:
    """Keep the returns of several files, all of them or none.

    A return with a finding that sets it aside is kept and excluded, with the findings as the reason.

    Raises:
        Problem: a file cannot be read, a cell does not fit, or one provider's year comes twice; names each.
    """
    if not 1 <= len(files) <= MOST_FILES:
        raise invalid_input(
            f"found {len(files)} files, expected 1 to {MOST_FILES}.",
            errors=[{"field": "files", "message": f"expected 1 to {MOST_FILES} files", "found": len(files)}],
        )
    read = [(name, content, *read_return(name, content)) for name, content in files]
    errors = [error for _, _, _, wrong in read for error in wrong]
    whole = [(name, content, given) for name, content, given, _ in read if given is not None]
    errors += _twice([(name, given) for name, _, given in whole])
    if errors:
        first = errors[0]["message"]
        said = f"{len(errors):,} cells or files cannot be read; no return was kept. The first: {first}."
        raise invalid_input(said, errors=errors[:SHOWN], errors_total=len(errors))
    items = [summary_of(_keep(session, council, name, content, given, actor)) for name, content, given in whole]
    counted = sum(item.state == COUNTED for item in items)
    return ImportedReturns(files=len(items), counted=counted, excluded=len(items) - counted, items=items)


def _keep(
    session: Session, council: str, name: str, content: bytes, given: ProviderReturn, actor: str
) -> ProviderReturnRow:
    found = check_return(given)
    aside = [each for each in found if each.sets_aside]
    reason = " ".join(each.sentence() for each in aside)
    return keep_return(
        session,
        council,
        provider=given.provider,
        financial_year=given.financial_year,
        file_name=name[:200],
        sha256=hashlib.sha256(content).hexdigest(),
        figures={key: str(value) for key, value in given.model_dump(exclude_none=True).items()},
        findings=[asdict(each) for each in found],
        reason=reason,
        actor=actor,
    )


def _twice(given: Sequence[tuple[str, ProviderReturn]]) -> list[dict[str, Any]]:
    seen: dict[tuple[str, str], str] = {}
    errors = []
    for name, each in given:
        key = (each.provider.casefold(), each.financial_year)
        if key in seen:
            said = f"{name}, {label_of('provider')}: found {each.provider} again, which {seen[key]} is of"
            errors.append({"field": f"{name}, provider", "message": said, "found": each.provider})
        seen.setdefault(key, name)
    return errors


def return_of(session: Session, council: str, number: int) -> ProviderReturnRow:
    """One return.

    Raises:
        Problem: there is none of that number.
    """
    row = find_return(session, council, number)
    if row is None:
        raise not_found("return", number)
    return row


def decide(session: Session, council: str, number: int, state: str, reason: str, actor: str) -> ReturnSummary:
    """Exclude or count a return for a reason.

    Raises:
        Problem: there is none of that number; it was replaced; or it is to be counted and is not complete.
    """
    row = return_of(session, council, number)
    if row.state == REPLACED:
        raise Problem(409, "conflict", "Return replaced", f"Return {number} was replaced by return {row.replaced_by}.")
    if state == COUNTED and stored_return(row.figures).total_per_contact_hour() is None:
        raise Problem(
            409, "conflict", "Return not complete", f"Return {number} leaves lines empty; an empty cell is not nought."
        )
    decide_return(session, row, EXCLUDED if state == EXCLUDED else COUNTED, reason, actor)
    return summary_of(row)


def statistics(session: Session, council: str, financial_year: str) -> ReturnsAnswer:
    """What the complete returns of a year say together.

    Raises:
        Problem: fewer count than statistics need.
    """
    counted = counted_returns(session, council, financial_year)
    known = {row.id: stored_return(row.figures) for row in counted}
    whole = {number: each for number, each in known.items() if each.total_per_contact_hour() is not None}
    if len(whole) < LEAST_RETURNS:
        said = f"{len(whole)} complete returns of {financial_year} count; statistics need {LEAST_RETURNS}, so that no "
        raise Problem(409, "conflict", "Too few returns", said + "figure is one provider's own.")
    excluded = returns_listed(session, council, MOST_KEPT, None, financial_year=financial_year, state=EXCLUDED)
    return ReturnsAnswer(
        financial_year=financial_year,
        statistics=return_statistics(whole),
        providers={number: each.provider for number, each in whole.items()},
        excluded=[ExcludedReturn(id=row.id, provider=row.provider, reason=row.reason) for row in excluded],
    )
