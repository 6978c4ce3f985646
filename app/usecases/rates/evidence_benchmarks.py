"""The part of an evidence pack that sets each rate beside what others say an hour costs, or pay for it."""

from __future__ import annotations

from app.exports.document import Block, Section, Table
from app.usecases.rates.benchmarks import beside_stored
from app.usecases.rates.evidence_facts import EvidenceFacts
from app.usecases.rates.evidence_words import four_places, percent, signed_pounds
from pricing import BesideBenchmark, fee_rises
from pricing.benchmarks import KIND_WORDS
from pricing.explain import pounds

HEADING = "Beside benchmarks"


def benchmark_section(facts: EvidenceFacts) -> Section:
    """Each rate beside the benchmarks nearest to its year; the gap line by line where a build-up was published."""
    found = {
        rate.band: beside_stored(
            rate.pounds_per_hour, facts.financial_year, rate.band, facts.lines[rate.band], facts.card.council
        )
        for rate in facts.rates
    }
    rows = [_row(band, rate, each) for (band, each_of), rate in _rated(facts, found) for each in each_of]
    said = (
        "A benchmark is a yardstick with travel, on-costs and return of its own, and no rate that anybody has to pay. "
        f"This card is in the money of {facts.financial_year} and assumes pay of {facts.wages}. Where no benchmark of "
        "that year is held, the nearest year's is shown under its own year; none is carried to another year."
    )
    head = ["Band", "Rate", "Benchmark", "Its year", "Its price", "Gap", "Gap, %"]
    blocks: list[Block] = [said, Table("Gap to each benchmark", head, rows, words=frozenset({2, 3}))]
    base = facts.bands[0]
    blocks += [_explained(base, each) for each in found[base] if each.lines]
    risen = "; ".join(f"{rise.share:.1%} to {rise.financial_year} ({rise.source})" for rise in fee_rises())
    blocks.append(f"Fees for home care in England rose, as councils returned them, by {risen}.")
    sources = {
        (KIND_WORDS[each.benchmark.kind], each.benchmark.financial_year, each.benchmark.source, each.benchmark.standing)
        for each_of in found.values()
        for each in each_of
    }
    head = ["Benchmark", "Its year", "Source", "Standing"]
    shown = [list(row) for row in sorted(sources)]
    blocks.append(Table("Sources of the benchmarks", head, shown, words=frozenset({1, 2, 3})))
    return Section(HEADING, blocks)


def _rated(
    facts: EvidenceFacts, found: dict[str, tuple[BesideBenchmark, ...]]
) -> list[tuple[tuple[str, tuple[BesideBenchmark, ...]], str]]:
    return [((rate.band, found[rate.band]), pounds(rate.pounds_per_hour)) for rate in facts.rates]


def _row(band: str, rate: str, each: BesideBenchmark) -> list[str]:
    called = each.benchmark.called
    year = each.benchmark.financial_year if each.same_year else f"{each.benchmark.financial_year}, another year"
    return [
        band,
        rate,
        called[:1].upper() + called[1:],
        year,
        pounds(each.benchmark.pounds_per_hour),
        signed_pounds(each.gap_pounds_per_hour),
        percent(each.gap_share),
    ]


def _explained(band: str, each: BesideBenchmark) -> Table:
    rows = [
        [
            line.name,
            four_places(line.ours_pounds_per_hour),
            four_places(line.theirs_pounds_per_hour),
            four_places(line.difference_pounds_per_hour),
        ]
        for line in each.lines
    ]
    gap = each.gap_pounds_per_hour
    ours = each.benchmark.pounds_per_hour + gap
    rows.append(["Price", four_places(ours), four_places(each.benchmark.pounds_per_hour), four_places(gap)])
    caption = f"The gap of {band} to {each.benchmark.called} of {each.benchmark.financial_year}, line by line"
    return Table(caption, ["Line", "This card", "Theirs", "Difference"], rows, totals=frozenset({len(rows) - 1}))
