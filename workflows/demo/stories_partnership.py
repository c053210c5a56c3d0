"""Agreements with partners: proposed, read, voted, signed, and coming to their end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from workflows.demo.casting import OUTSIDE
from workflows.demo.dates import Pace
from workflows.demo.people import DESK
from workflows.demo.script import Answer, Do, Moment, Telling
from workflows.demo.world import CODES, Partner
from workflows.partnership.services import propose
from workflows.people.services import RI

LEGAL_DESK, STUDIES, BOARD, PRESIDENT = (
    "isabelle.fabre",
    "laure.estienne",
    "yves.roquelaure",
    "catherine.almeida",
)
"""Legal affairs, the two councils (CFVU, CA), the president's office."""

CIRCUIT = (
    (DESK, "write_file", None),
    (DESK, "review_ri", "approve"),
    (LEGAL_DESK, "review_legal", "approve"),
    (STUDIES, "vote", "approve"),
    (BOARD, "vote", "approve"),
    (PRESIDENT, "sign", "sign"),
)
"""Who answers in an agreement's circuit, in order."""

AGREEMENT, FRAMEWORK, DOUBLE = "agreement", "framework", "double_degree"
DOUBLES = (3, 22)
"""Which partners, by number, there is a double degree with."""

TITLES = {
    AGREEMENT: "Accord Erasmus+ avec {}",
    FRAMEWORK: "Accord-cadre avec {}",
    DOUBLE: "Double diplôme avec {}",
}


def partnership(
    partner: Partner, pace: Pace, days: Sequence[date], *, years: int, number: int
) -> Telling:
    """An agreement on its way through the circuit: proposed, then as many answers as days."""
    kind = _kind(partner, number)
    department = CODES[number % len(CODES)] if kind == DOUBLE else ""

    def start(moment: Moment) -> str:
        title = TITLES[kind].format(partner.name)
        said = {"kind": kind, "title": title, "hei_id": partner.hei_id, "department": department}
        found = propose(moment.engine, moment.unit, said, proposer=RI, home_hei_id=moment.home)
        return f"partnership-{found.partnership_id}"

    case = yield Do(pace.on(days[0]), DESK, start)
    file = _file(kind, days[-1] + timedelta(days=20), years)
    # A framework is voted by the board alone.
    circuit = [step for step in CIRCUIT if kind != FRAMEWORK or step[0] != STUDIES]
    for (who, element, outcome), day in zip(circuit, days[1:], strict=False):
        data = file if element == "write_file" else {}
        yield Answer(pace.on(day), who, "partnership", element, case, outcome, None, data)


def _kind(partner: Partner, number: int) -> str:
    if partner.country in OUTSIDE:
        return FRAMEWORK
    return DOUBLE if number in DOUBLES else AGREEMENT


def _file(kind: str, starts_on: date, years: int) -> dict[str, object]:
    places = "" if kind == FRAMEWORK else "4"
    said: dict[str, object] = {
        "purpose": "Échanges d’étudiants et d’enseignants dans les domaines communs.",
        "isced_f": "02",
        "places_out": places,
        "places_in": places,
        "starts_on": starts_on.isoformat(),
        "years": str(years),
    }
    if kind == DOUBLE:
        said["home_curriculum"] = "Deux semestres de licence 3, dont un mémoire bilingue."
        said["partner_curriculum"] = "Two terms of the third year, with a bilingual thesis."
        said["grade_grid"] = "Tables de notation ECTS des deux établissements."
    return said
