"""What an address of the history asks for, and how each part of it is told and taken away."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final
from urllib.parse import urlencode

from flask import url_for
from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from engine.errors import InvalidInput
from engine.history.filters import MAX_TEXT, HistoryFilter, arguments_of, parse
from web import current, words
from web.addresses import wanted as typed
from web.display import department_name, person_name, remember_names
from web.i18n import translated
from web.pages.diagrams import element_names
from workflows.office_work.local_time import ZONE
from workflows.people.services import people_called

OWN: Final = ("show", "after", "who")
"""What the address of a page holds beside the filter."""

NAMESAKES: Final = 10
"""So many people are offered where a name that was typed is not one person's."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The filter that is asked for, and why a part of it is refused."""

    wanted: HistoryFilter = field(default_factory=HistoryFilter)
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    namesakes: Sequence[tuple[str, str]] = ()
    """Name and address of those that a name which was typed may mean."""

    show: str = "cases"
    after: str | None = None
    who: str = ""
    class_: str = ""
    """The class of cases that a page of conformance shows."""

    given: Mapping[str, str] = field(default_factory=dict)
    """What the address holds, as it was typed."""

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The arguments of the filter, as its address has them."""
        return arguments_of(self.wanted, ZONE)

    def query(self, pairs: Sequence[tuple[str, str]] | None = None, **more: str) -> str:
        """A query string for the same page, with other arguments of the filter or none."""
        shown = [("class", self.class_)] if self.class_ else []
        shown += [("show", self.show)] if self.show != "cases" else []
        return urlencode([*(self.pairs if pairs is None else pairs), *shown, *more.items()])

    def as_shown(self, show: str) -> str:
        """A query string for what is found, shown as cases or as events."""
        return replace(self, show=show).query()

    def address(self, endpoint: str, pairs: Sequence[tuple[str, str]] | None = None) -> str:
        """The address of a page of the history with these arguments of the filter."""
        return f"{url_for(endpoint)}?{self.query(pairs)}"


@dataclass(frozen=True, slots=True)
class Chip:
    """One condition in words, and the address without it."""

    label: str
    without: str


def asked(arguments: Mapping[str, Sequence[str]], endpoint: str, *, class_: str = "") -> Asked:
    """What the arguments of an address ask for."""
    own = {name: (arguments.get(name) or [""])[0] for name in OWN}
    rest = {name: values for name, values in arguments.items() if name not in OWN}
    show = "events" if own["show"] == "events" else "cases"
    given = {name: typed(values[0]) for name, values in rest.items() if values}
    found = Asked(show=show, after=own["after"] or None, who=typed(own["who"]))
    found = replace(found, given=given, class_=class_)
    try:
        found = replace(found, wanted=parse(rest, ZONE))
    except InvalidInput as refused:
        return replace(found, errors=words.field_errors(refused.errors))
    return _with_person(found, endpoint) if found.who else found


def _with_person(found: Asked, endpoint: str) -> Asked:
    """With the person whose name or login was typed, where it is one person's."""
    with current.reading() as rows:
        people = people_called(rows, found.who[:MAX_TEXT], NAMESAKES)
    with_each = [(name, _added(found, "person", actor)) for actor, name in people]
    if len(people) == 1:
        people_asked = tuple(sorted({*found.wanted.people, people[0][0]}))
        return replace(found, wanted=replace(found.wanted, people=people_asked))
    if not people:
        sentence = _("Nobody here has this name or login.")
        return replace(found, errors={"who": [sentence]})
    return replace(
        found,
        errors={"who": [_("Several people are called so: choose one.")]},
        namesakes=[(name, found.address(endpoint, pairs)) for name, pairs in with_each],
    )


def _added(found: Asked, name: str, value: str) -> list[tuple[str, str]]:
    return [*found.pairs, (name, value)]


def chips(found: Asked, endpoint: str) -> list[Chip]:
    """Each condition of the filter in words, in the order of the address."""
    remember_names(found.wanted.people)
    names = _names(found.wanted)
    return [
        Chip(
            _told(name, value, names),
            found.address(endpoint, [pair for pair in found.pairs if pair != (name, value)]),
        )
        for name, value in found.pairs
    ]


def _names(wanted: HistoryFilter) -> dict[str, str]:
    """The names of the elements asked for, as the processes that are meant have them."""
    if not wanted.elements:
        return {}
    names: dict[str, str] = {}
    for each in current.engine().definitions():
        if not wanted.processes or each.key in wanted.processes:
            names |= element_names(each)
    return names


def _told(name: str, value: str, elements: Mapping[str, str]) -> str:
    if name == "process":
        return process_name(value)
    if name == "element":
        return elements.get(value) or value
    simple: Mapping[str, Callable[[], str]] = {
        "version": lambda: _("version %(number)s", number=value),
        "business_key": lambda: _("mobility %(number)s", number=value),
        "org_unit": lambda: department_name(value),
        "person": lambda: person_name(value),
        "kind": lambda: words.event_kind(value),
        "outcome": lambda: _("answer: %(answer)s", answer=words.outcome_words(value)),
        "state": lambda: words.case_state(value),
        "outdated": lambda: _("on an old version"),
        "substituted": lambda: _("done by a substitute"),
        "times": lambda: ngettext("at least %(num)d time", "at least %(num)d times", int(value)),
        "from": lambda: _("from %(day)s", day=_day(value)),
        "to": lambda: _("until %(day)s", day=_day(value)),
    }
    return str(simple[name]()) if name in simple else value


def _day(value: str) -> str:
    return str(format_date(date.fromisoformat(value[:10]), "d MMM y"))


def process_name(key: str) -> str:
    """The name of a process in the reader's language; of an unknown one its key."""
    for each in current.engine().definitions():
        if each.key == key:
            return translated(each.model.names)
    return key
