"""The twelve contracts that are always there: each at another step, or with another past."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from workflows.demo.dates import Pace, Term, present_term
from workflows.demo.script import Story
from workflows.demo.stays import BLENDED, SEMESTER, Stay
from workflows.demo.stories_contract import NOT_TAUGHT, UNCLEAR, WHOLE, Move, contract, signed

_SIGNED_HERE = WHOLE[:-1]


@dataclass(frozen=True, slots=True)
class Hero:
    """A student with a contract that began ``age`` days ago and has come so far."""

    student: str
    department: str
    partner: str
    age: int
    moves: tuple[Move, ...] = ()
    term: int = 1
    mobility_type: str = SEMESTER


HEROES = (
    Hero("lea.martin", "lea", "usal.es", 3),
    Hero("ines.benali", "his", "uu.se", 6, WHOLE[:1]),
    Hero("hugo.fernandez", "mi", "uw.edu.pl", 12, (*WHOLE[:1], UNCLEAR)),
    Hero("zoe.legoff", "lea", "unibo.it", 9, WHOLE[:2]),
    Hero("mateo.garcia", "his", "uc.pt", 10, WHOLE[:3]),
    Hero("asa.lindqvist", "mi", "uni-heidelberg.de", 11, WHOLE[:4]),
    Hero("noemie.castaing", "lea", "usal.es", 14, _SIGNED_HERE),
    Hero("theo.garnier", "his", "uu.se", 20, (*_SIGNED_HERE, NOT_TAUGHT)),
    Hero("camille.nguyen", "mi", "uw.edu.pl", 35, WHOLE),
    Hero("marie.aubeterre", "lea", "unibo.it", 30, WHOLE[:1]),
    Hero(
        "yanis.belkacem",
        "his",
        "unibo.it",
        32,
        (*signed((*_SIGNED_HERE, NOT_TAUGHT)),)[:-1],
        term=2,
    ),
    Hero("lucia.navarro", "lea", "usal.es", 2, WHOLE[:1], mobility_type=BLENDED),
)


def stories(today: date) -> Iterator[Story]:
    """Their contracts, as they stand today."""
    coming = present_term(today).shifted(1)
    for hero in HEROES:
        stay = _stay(hero, coming)
        pace = Pace(hero.student)
        first = today - timedelta(days=hero.age)
        step = min(hero.age // (len(hero.moves) + 1), 2)
        days = [first + timedelta(days=step * number) for number in range(1, len(hero.moves) + 1)]
        yield Story(f"hero {hero.student}", contract(stay, pace, hero.moves, first, days))


def _stay(hero: Hero, coming: Term) -> Stay:
    """The stay in the next academic year that has not begun, or the term that comes."""
    term = Term(coming.year + (coming.number == 2), hero.term)
    start, end = term.start, term.end
    if hero.mobility_type == BLENDED:
        start, end = term.start + timedelta(weeks=8), term.start + timedelta(weeks=8, days=11)
    return Stay(
        hero.student,
        hero.department,
        hero.partner,
        term.academic_year,
        hero.term,
        start,
        end,
        hero.mobility_type,
    )
