"""What a search of the history can be narrowed by, beside the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from flask_babel import gettext as _

from engine.runtime.deployed import Definition
from web import current, words
from web.audit.asking import Asked
from web.display import department_name
from web.i18n import translated
from workflows.office_work.local_time import ZONE
from workflows.partners.services import departments, institutions
from workflows.people.services import staff_names
from workflows.years import academic_year, days_of, semester

MOST_STAFF = 300
"""So many names are suggested; others can be typed."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet; ``group`` parts long lists."""

    value: str
    label: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Facet:
    """A condition with its possible values."""

    name: str
    label: str
    every: str
    choices: Sequence[Choice]


@dataclass(frozen=True, slots=True)
class Shortcut:
    """What is often asked, with its address."""

    label: str
    address: str


def facets(found: Asked) -> list[Facet]:
    """What can be chosen beside people, period and number, without what is chosen already."""
    with current.reading() as rows:
        units = [Choice(each.code, department_name(each.code)) for each in departments(rows)]
        partners = [Choice(each.name, each.name) for each in institutions(rows)]
    definitions = current.engine().definitions()
    processes = [Choice(each.key, translated(each.model.names)) for each in definitions]
    states = [
        Choice(each, words.case_state(each)) for each in ("active", "completed", "terminated")
    ]
    answers = [Choice(code, label) for code, label in words.answers()]
    kinds = [Choice(kind, label) for kind, label in words.event_kinds()]
    substitutes = [Choice("1", _("by a substitute"))]
    ages = [Choice("1", _("older than the one in force"))]
    offered = (
        Facet("process", _("Process"), _("all processes"), _sorted(processes)),
        Facet("org_unit", _("Department"), _("all departments"), _sorted(units)),
        Facet("counterparty", _("Partner"), _("all partners"), _sorted(partners)),
        Facet("state", _("Status"), _("open and finished"), states),
        Facet("outcome", _("Answer"), _("any answer"), answers),
        Facet("element", _("Step"), _("all steps"), _steps(found, definitions)),
        Facet("kind", _("Event"), _("all events"), kinds),
        Facet("substituted", _("Substitution"), _("by anybody"), substitutes),
        Facet("outdated", _("Age of the version"), _("any version"), ages),
    )
    chosen = set(found.pairs)
    given = {name for name, _value in chosen}
    return [
        Facet(
            each.name,
            each.label,
            _("add another…") if each.name in given else each.every,
            [choice for choice in each.choices if (each.name, choice.value) not in chosen],
        )
        for each in offered
    ]


def _sorted(choices: list[Choice]) -> list[Choice]:
    return sorted(choices, key=lambda each: each.label.casefold())


def _steps(found: Asked, definitions: Sequence[Definition]) -> list[Choice]:
    """The user tasks of the processes that are meant, by process."""
    meant = found.wanted.processes
    return [
        Choice(element.id, translated(element.names) or element.id, translated(each.model.names))
        for each in definitions
        if not meant or each.key in meant
        for element in each.model.elements.values()
        if element.type == "userTask"
    ]


def staff() -> list[str]:
    """Names to be suggested where somebody is asked for."""
    with current.reading() as rows:
        return staff_names(rows, MOST_STAFF)


def periods(found: Asked, endpoint: str) -> list[Shortcut]:
    """The periods that are often looked at, with the rest of the filter as it is."""
    today = current.engine().clock.now().astimezone(ZONE).date()
    rest = [(name, value) for name, value in found.pairs if name not in {"from", "to"}]

    def shortcut(label: str, days: tuple[date, date]) -> Shortcut:
        first, last = days
        pairs = [*rest, ("from", first.isoformat()), ("to", last.isoformat())]
        return Shortcut(label, found.address(endpoint, pairs))

    return [
        shortcut(_("this semester"), semester(today)),
        shortcut(_("last semester"), semester(today, before=1)),
        shortcut(_("this academic year"), days_of(academic_year(today))),
    ]


def questions(endpoint_address: str) -> list[Shortcut]:
    """What auditors often ask, for who has asked nothing yet."""
    asked = (
        (_("Contracts returned more than once"), _RETURNED_TWICE),
        (_("Cases ended early"), (("state", "terminated"),)),
        (_("Cases that an incident stopped"), (("kind", "incident_raised"),)),
        (_("Tasks given to somebody else"), (("kind", "work_item_assigned"),)),
    )
    return [Shortcut(label, f"{endpoint_address}?{urlencode(pairs)}") for label, pairs in asked]


_RETURNED_TWICE = (
    ("process", "contract"),
    ("outcome", "return"),
    ("outcome", "reject"),
    ("times", "2"),
)
"""A partner that rejects a contract sends it back to its student as well (brief, P3)."""
