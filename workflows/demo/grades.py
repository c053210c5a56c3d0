"""Grades and grading tables, invented: the same shape everywhere, other numbers at each house."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from random import Random
from typing import TYPE_CHECKING

from workflows.demo.world import curricula, partners
from workflows.grading.scales import HOME
from workflows.grading.tables import record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

SOURCE = "invented for the demonstration"
EQF = 6
SPREAD = (0.7, 1.6)
"""How far the counts of one university lie from those of the model, as factors."""


@dataclass(frozen=True, slots=True)
class Model:
    """A scale as it is used: grades that are given, one that fails, a table of counts."""

    given: tuple[str, ...]
    failed: str
    table: tuple[tuple[str, int], ...]


@cache
def models() -> Mapping[str, Model]:
    """By the code of the scale."""
    text = resources.files("workflows.demo").joinpath("grades.json").read_text("utf-8")
    return {
        code: Model(
            tuple(said["given"]),
            said["failed"],
            tuple((label, count) for label, count in said["table"]),
        )
        for code, said in json.loads(text).items()
    }


def record_tables(session: Session, home: str, years: tuple[str, ...], now: datetime) -> None:
    """Keep a table for each field of each university, and one for all of its fields."""
    for hei_id, scale, isced_f in _tables(home):
        random = Random(f"passerelle {hei_id} {isced_f}")  # noqa: S311 - nothing here is secret
        counts = [
            (label, round(count * random.uniform(*SPREAD)))
            for label, count in models()[scale].table
        ]
        record(
            session,
            hei_id=hei_id,
            isced_f=isced_f,
            eqf=EQF,
            years=years,
            scale=scale,
            entries=counts,
            source=SOURCE,
            actor="system",
            now=now,
        )


def _tables(home: str) -> Iterator[tuple[str, str, str]]:
    fields = [each.isced_f for each in curricula().values()]
    for isced_f in fields:
        yield home, HOME, isced_f
    for number, partner in enumerate(partners().values()):
        yield partner.hei_id, partner.scale, ""
        yield partner.hei_id, partner.scale, fields[number % len(fields)][:3]
