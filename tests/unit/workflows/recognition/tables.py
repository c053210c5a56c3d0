"""Grading tables to convert with."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from workflows.grading.scales import SCALES
from workflows.grading.values import Entry, Table

DATA: Mapping[str, Any] = json.loads(
    Path(__file__).with_name("data").joinpath("tables.json").read_text()
)


def published(country: str) -> Table:
    """The example table of a country."""
    said = DATA[country]
    return table(
        said["counts"],
        scale=country,
        name=f"{country}-1",
        hei=said["hei"],
        isced_f=said["isced"],
        eqf=said["eqf"],
        years=tuple(said["years"]),
    )


def table(
    counts: Sequence[tuple[str, int | Fraction]],
    *,
    scale: str = "FR",
    name: str = "t1",
    version: int = 1,
    hei: str = "example.org",
    isced_f: str = "0231",
    eqf: int | None = 6,
    years: tuple[str, ...] = ("2023/2024", "2024/2025"),
    counted: bool = True,
    warnings: tuple[str, ...] = (),
) -> Table:
    """A table with these counts, best first."""
    entries = tuple(Entry(label, Fraction(count)) for label, count in counts)
    return Table(name, version, hei, isced_f, eqf, years, SCALES[scale], entries, counted, warnings)
