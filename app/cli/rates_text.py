"""Rate cards in words and columns, for people at a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.usecases.rates.benchmarks import benchmark_sentences
from pricing.input_words import service_words

Row = Mapping[str, Any]


def list_text(cards: Sequence[Row]) -> str:
    """Cards as a table."""
    if not cards:
        return "There are no rate cards yet. Begin with: patchwork rates propose --year 2026-27 --wage real-living"
    rows = [f"{'card':>5}  {'standing':<10}{'from':<12}{'to':<12}{'service':<24}{'zones':<12}name"]
    rows += [
        f"{card['id']:>5}  {card['standing'].replace('_', ' '):<10}{card['effective_from']:<12}"
        f"{card['effective_to'] or '':<12}{', '.join(map(service_words, card['services'])):<24}"
        f"{', '.join(map(str, card['zones'])) or 'county':<12}{card['name']}, version {card['version']}"
        for card in cards
    ]
    return "\n".join(rows)


def card_text(card: Row) -> str:
    """One card: rates, warnings and the moves of its year."""
    said = [f"Card {card['id']}: {card['name']}, version {card['version']}, {card['status']}", card["basis"], ""]
    said += [f"  {rate['band']:<24}£{rate['pounds_per_hour']:>7.2f} an hour" for rate in card["rates"]]
    base = card["rates"][0]
    said += ["", f"Beside benchmarks, {base['band']}:", *benchmark_sentences(base["benchmarks"])]
    said += warnings_text(card["warnings"])
    asked = [move for move in card["moves"] if move["what"] == "asked"]
    moved = [move for move in card["moves"] if move["what"] == "moved"]
    said += moves_text(moved, asked)
    said += [f"Accepted by {item['by']}, {item['code']}: {item['reason']}" for item in card["accepted"]]
    return "\n".join(said)


def warnings_text(warnings: Sequence[Row]) -> list[str]:
    """Warnings, each with the kind that publication asks for."""
    if not warnings:
        return []
    return ["", "Warnings:", *(f"  [{'note' if w['note'] else w['code']}] {w['sentence']}" for w in warnings)]


def moves_text(moved: Sequence[Row], asked: Sequence[Row]) -> list[str]:
    """What a year's move changed, and what it left for somebody to decide."""
    said = ["", "Moved:"] if moved else []
    said += [f"  {move['field']}: {move['before']:g} to {move['after']:g}, {move['by']}" for move in moved]
    said += ["", "To decide:"] if asked else []
    return [*said, *(f"  {move['field']} is still {move['after']:g}: {move['by']}" for move in asked)]


def benchmarks_text(found: Row) -> str:
    """Benchmarks as a table with their sources."""
    rows = []
    for each in found["items"]:
        who = " ".join(filter(None, [each["council"] or each["publisher"], each["band"], each["wage_basis"]]))
        place = "" if each["nation"] == "England" else f", {each['nation']}"
        rows.append(f"{each['financial_year']:<9}{each['kind']:<15}£{each['pounds_per_hour']:>6.2f}  {who}{place}")
        rows.append(f"{'':<33}{each['source']}")
    rows += [
        f"{rise['financial_year']:<9}fees rose {rise['share']:.1%}: {rise['source']}" for rise in found["fee_rises"]
    ]
    return "\n".join(rows) or "No benchmark of that kind, year and nation is held."


def difference_text(found: Row) -> str:
    """Two cards side by side."""
    said = []
    for band in found["bands"]:
        before, after = (_pounds(band[f"{side}_pounds_per_hour"]) for side in ("before", "after"))
        said.append(f"{band['band']:<24}{before:>10} to {after:>8}")
        said += [f"    {name:<34}{pounds:>+8.4f}" for name, pounds in band["line_differences"].items()]
    return "\n".join(said) or "The cards are alike."


def cost_text(found: Row) -> str:
    """Cost by group, and providers by their change."""
    total = found["cost"]["total"]
    weeks = "52" if "52" in total["proposed_pounds_per_year"] else next(iter(total["proposed_pounds_per_year"]))
    said = [f"£ a year of {weeks} weeks{'; synthetic demand' if found['cost']['synthetic'] else ''}", ""]
    said.append(f"{'':<34}{'proposed':>14}{'current':>14}{'difference':>14}")
    said.append(_cost_row(total, weeks))
    for grouping, groups in found["cost"]["by"].items():
        said += ["", f"by {grouping}", *(_cost_row(group, weeks) for group in groups)]
    said += ["", "by provider: change of income"]
    said += [
        f"  {change['provider'] or 'no provider yet':<32}{_yearly(change['change_pounds_per_year'], weeks):>14}"
        for change in found["providers"]
    ]
    return "\n".join(said)


def _cost_row(group: Row, weeks: str) -> str:
    figures = (group["proposed_pounds_per_year"], group["current_pounds_per_year"], group["difference_pounds_per_year"])
    return f"  {group['group']:<32}" + "".join(f"{_yearly(pounds, weeks):>14}" for pounds in figures)


def _yearly(pounds: Mapping[str, float] | None, weeks: str) -> str:
    return "" if pounds is None else f"{pounds[weeks]:,.0f}"


def _pounds(value: float | None) -> str:
    return "none" if value is None else f"£{value:.2f}"


def proposal_text(found: Row) -> str:
    """A proposal: bands beside the card in force, cost, lawfulness, warnings and what is to be decided."""
    against = found["against_card"]
    beside = f"{against['name']}, version {against['version']}" if against else "no card in force"
    said = [
        f"Proposed for {found['financial_year']} at £{found['wage_pounds_per_hour']:.2f} an hour, beside {beside}",
        "",
    ]
    lengths = [visit["minutes"] for visit in found["bands"][0]["by_visit_length"]]
    said.append(f"{'band':<20}{'now':>8}{'hour':>9}" + "".join(f"{minutes:>6g} min" for minutes in lengths))
    for band in found["bands"]:
        visits = "".join(f"{visit['pounds_per_visit']:>10.2f}" for visit in band["by_visit_length"])
        now = _pounds(band["in_force_pounds_per_hour"])
        said.append(f"{band['band']:<20}{now:>8}{band['pounds_per_hour']:>9.2f}{visits}")
    if found["cost"]:
        said += ["", cost_text({"cost": found["cost"], "providers": found["providers"]})]
    base = found["bands"][0]
    said += ["", f"Beside benchmarks, {base['band']}:", *benchmark_sentences(base["benchmarks"])]
    lawful = found["lawful"]
    failing = [test["sentence"] for test in lawful["tests"] if not test["lawful"]]
    said += ["", "Pay for all working time is lawful." if lawful["all_lawful"] else "Pay is not lawful everywhere:"]
    said += [f"  {sentence}" for sentence in failing[:MOST_SHOWN]]
    said += warnings_text(found["warnings"])
    said += moves_text(found["moved"], found["asked"])
    if found["draft_card_id"] is not None:
        said += ["", f"Kept as draft card {found['draft_card_id']}: patchwork rates show {found['draft_card_id']}"]
    return "\n".join(said)


MOST_SHOWN = 8
