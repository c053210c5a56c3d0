"""Who of the 150 students does what: drawn once, the same for everybody who loads.

Names are put together by chance from lists of common ones; the logins and addresses made of
them belong to nobody.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from importlib import resources
from itertools import cycle
from random import Random

from workflows.demo.dates import academic_year, present_term
from workflows.demo.people import INCOMING, STAFF, STUDENTS, DemoPerson
from workflows.demo.stays import Stay
from workflows.demo.world import CODES, partners

SEED = "passerelle casting"
OUTSIDE = frozenset({"CA", "AR"})
"""Countries outside the programme: stays there rest on a validation plan."""

BY_TERM = {"recognised": -2, "back": -1, "abroad": 0}
COUNTS = {"recognised": 10, "back": 14, "abroad": 18, "midway": 4, "plans": 6}
"""Outgoing students by phase, beside the twelve heroes and those who apply.

``midway`` are in the middle of their stay on whichever day it is, ``plans`` go outside the
programme.
"""

CANDIDATES, APPLICANTS = 24, 12
"""Who applied in the campaign that is decided, and in the one that is open."""

ARRIVING = {-2: 10, -1: 11, 0: 15, 1: 13}
"""Incoming students by term, counted from the present one, beside the one with a name."""

LOCALES = {"FR": None, "BE": None, "ES": "es"}
"""The language of the mails they get; English where nothing is said."""


@dataclass(frozen=True, slots=True)
class Role:
    """One student's part: the stay, and which of those in the phase it is, from 0."""

    stay: Stay
    number: int


@dataclass(frozen=True, slots=True)
class Applicant:
    """A student who applies for the places of one department; ``number`` counts from 0."""

    student: str
    department: str
    number: int


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody of one loading."""

    outgoing: Mapping[str, Sequence[Role]]
    candidates: Sequence[Applicant]
    applicants: Sequence[Applicant]
    incoming: Mapping[int, Sequence[Role]]
    people: Sequence[DemoPerson]


def cast(today: date) -> Cast:
    """Everybody's part on that day; only the days of the stays depend on it."""
    draw = _Draw(today)
    outgoing = {phase: draw.phase(phase, count) for phase, count in COUNTS.items()}
    candidates = [draw.applicant(number) for number in range(CANDIDATES)]
    applicants = [draw.applicant(number) for number in range(APPLICANTS)]
    incoming = {shift: draw.arriving(shift, count) for shift, count in ARRIVING.items()}
    return Cast(outgoing, candidates, applicants, incoming, tuple(draw.people))


class _Draw:
    """Draws one after the other from one generator, so their order counts."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.term = present_term(today)
        self.random = Random(SEED)  # noqa: S311 - nothing here is secret
        self.people: list[DemoPerson] = []
        self.logins = {person.login for person in (*STAFF, *STUDENTS, INCOMING)}
        known = list(partners().values())
        inside = [each.hei_id for each in known if each.country not in OUTSIDE]
        outside = [each.hei_id for each in known if each.country in OUTSIDE]
        self.hosts = self._round(inside)
        self.senders = self._round(inside)
        self.far = self._round(outside)
        self.departments = cycle(CODES)

    def _round(self, hei_ids: list[str]) -> Iterator[str]:
        return cycle(self.random.sample(hei_ids, len(hei_ids)))

    def phase(self, phase: str, count: int) -> list[Role]:
        return [Role(self._stay(phase, number), number) for number in range(count)]

    def _stay(self, phase: str, number: int) -> Stay:
        student, department = self._student("FR").login, next(self.departments)
        if phase in BY_TERM:
            return self._in_term(student, department, next(self.hosts), BY_TERM[phase])
        if phase == "plans" and number % 2:
            return self._in_term(student, department, next(self.far), 1)
        host = next(self.far if phase == "plans" else self.hosts)
        start = self.today - timedelta(days=self.today.weekday(), weeks=4)
        end = start + timedelta(weeks=16, days=4)
        term = 1 if start.month >= 8 else 2
        return Stay(student, department, host, academic_year(start), term, start, end)

    def _in_term(self, student: str, department: str, partner: str, shift: int) -> Stay:
        term = self.term.shifted(shift)
        later = timedelta(weeks=self.random.choice((0, 0, 1, 2)))
        return Stay(
            student,
            department,
            partner,
            term.academic_year,
            term.number,
            term.start + later,
            term.end + later,
        )

    def applicant(self, number: int) -> Applicant:
        return Applicant(self._student("FR").login, next(self.departments), number)

    def arriving(self, shift: int, count: int) -> list[Role]:
        return [Role(self._arriving(shift), number) for number in range(count)]

    def _arriving(self, shift: int) -> Stay:
        sender = next(self.senders)
        student = self._student(partners()[sender].country)
        stay = self._in_term(student.login, next(self.departments), sender, shift)
        return replace(stay, incoming=True)

    def _student(self, country: str) -> DemoPerson:
        names = _names()[country]
        while True:
            given = self.random.choice(names["given"])
            family = self.random.choice(names["family"])
            login = f"{_plain(given)}.{_plain(family)}"
            if login not in self.logins:
                break
        self.logins.add(login)
        person = DemoPerson(login, given, family, (), LOCALES.get(country, "en"))
        self.people.append(person)
        return person


def _plain(name: str) -> str:
    """Lower case letters without accents."""
    split = unicodedata.normalize("NFKD", name.replace("ł", "l").replace("Ł", "L"))
    return "".join(c for c in split.lower() if c.isascii() and c.isalpha())


@cache
def _names() -> Mapping[str, Mapping[str, list[str]]]:
    text = resources.files("workflows.demo").joinpath("names.json").read_text("utf-8")
    found: Mapping[str, Mapping[str, list[str]]] = json.loads(text)
    return found
