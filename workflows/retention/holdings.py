"""What lies where: which rows and documents belong to the case of which lifecycle.

Erasure and access both read this one list, so that neither forgets what the other knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Table

from engine.tables import metadata


@dataclass(frozen=True, slots=True)
class Holding:
    """Rows of a table that belong to a case, by its ``instance_id`` or by its mobility.

    Those of the mobility are shared by all its cases of one lifecycle and go with the last.
    """

    name: str
    by: str

    @property
    def table(self) -> Table:
        """The table."""
        return metadata.tables[self.name]

    @property
    def column(self) -> Column[Any]:
        """The column that names the case or the mobility."""
        return self.table.c[self.by]

    @property
    def shared(self) -> bool:
        """Whether all cases of the lifecycle share the rows."""
        return self.by != "instance_id"


@dataclass(frozen=True, slots=True)
class File:
    """What belongs to a case of one lifecycle; ``documents`` are kinds or their beginnings.

    Others of the mobility rest on a ``foundation``: it is kept until they are gone.
    """

    kind: str
    holdings: tuple[Holding, ...]
    documents: tuple[str, ...] = ()
    foundation: bool = False


def _own(*names: str) -> tuple[Holding, ...]:
    return tuple(Holding(name, "instance_id") for name in names)


def _shared(*names: str) -> tuple[Holding, ...]:
    return tuple(Holding(name, "mobility_id") for name in names)


FILES: Mapping[str, File] = {
    "application": File("application", _own("application")),
    "admission": File("admission", _own("admission_nomination"), ("admission.",), foundation=True),
    "contract": File("agreement", _shared("contract_version"), foundation=True),
    "contract_change": File("agreement", _own("contract_change"), foundation=True),
    "validation_plan": File("agreement", _shared("validation_plan"), foundation=True),
    "exam_waiver": File(
        "exam_waiver",
        _own("exam_waiver") + _shared("exam_waiver_request"),
        ("exam_waiver.",),
    ),
    "grade_transfer": File(
        "grades", _shared("graded_course", "transcript", "incoming_stay"), ("grade_transfer.",)
    ),
    "recognition": File("recognition", _own("recognition"), ("recognition.",)),
    "grant": File("grant", _own("mobility_grant")),
    "difficulty": File("difficulty", _own("difficulty")),
}
"""By process. Meetings, agreements with partners and publications are nobody's file."""

OF_MOBILITY = _shared("relay_letter", "shortened_stay")
"""What belongs to no single case and goes with the mobility, as do its other documents."""
