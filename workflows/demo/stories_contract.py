"""Contracts: written, checked, signed, returned, rejected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from workflows.contract.services import open_contract, save_draft
from workflows.contract.steps import CHECKS
from workflows.demo.dates import Pace
from workflows.demo.people import DESK
from workflows.demo.script import PARTNER, Answer, Do, Moment, Telling
from workflows.demo.stays import Stay, agreement, half_written

DRAFT, CHECK, SIGN = "draft", "check_coherence", "sign_student"
SIGN_SENDING, ADMIN, ANSWER = "sign_sending", "check_admin", "partner_answer"


@dataclass(frozen=True, slots=True)
class Move:
    """One answer in a contract's case."""

    element: str
    outcome: str | None = "approve"
    reason: str | None = None


WHOLE = (Move(DRAFT, None), *(Move(each) for each in (CHECK, SIGN, SIGN_SENDING, ADMIN, ANSWER)))
"""A contract that everybody approves."""

UNCLEAR = Move(
    CHECK,
    "return",
    "Il manque l’équivalent du projet tutoré : prévoyez 5 crédits de plus à l’étranger.",
)
NOT_TAUGHT = Move(
    ANSWER,
    "reject",
    "The third course of your table is not taught in that term. Please choose another course.",
)
INSURANCE = Move(ADMIN, "return", "L’attestation d’assurance ne couvre pas tout le séjour.")


def signed(first: Sequence[Move] = ()) -> tuple[Move, ...]:
    """The moves up to three signatures, after others that led back to the draft."""
    return (*first, *WHOLE)


def opened(stay: Stay, pace: Pace, day: date) -> Do:
    """The student begins a contract without having applied here."""

    def open_it(moment: Moment) -> int:
        student = moment.person(stay.student)
        found = open_contract(
            moment.engine,
            moment.unit,
            student=student,
            department=stay.department,
            receiving_hei_id=stay.partner,
            academic_year=stay.academic_year,
            home_hei_id=moment.home,
            mobility_type=stay.mobility_type,
            omobility_id=stay.omobility_id,
        )
        return found.mobility_id

    return Do(pace.on(day), stay.student, open_it)


def begun(stay: Stay, pace: Pace, day: date) -> Do:
    """The student has written some of it, and gone to bed."""

    def write(moment: Moment) -> None:
        person = moment.person(stay.student)
        number = int(stay.case(moment.session))
        save_draft(moment.session, number, half_written(stay, person))

    return Do(pace.on(day), stay.student, write)


def moves(stay: Stay, pace: Pace, played: Sequence[Move], days: Sequence[date]) -> Iterator[Any]:
    """The answers in a contract's case, each on its day."""
    version = 0
    for move, day in zip(played, days, strict=True):
        version += move.element == DRAFT
        yield _answer(stay, pace, move, day, version)


def _answer(stay: Stay, pace: Pace, move: Move, day: date, version: int) -> Answer:
    who = {
        DRAFT: stay.student,
        CHECK: stay.coordinator,
        SIGN: stay.student,
        SIGN_SENDING: stay.coordinator,
        ADMIN: DESK,
        ANSWER: PARTNER,
    }[move.element]

    def data(moment: Moment) -> dict[str, object]:
        if move.element == DRAFT:
            return agreement(stay, moment.person(stay.student), version)
        if move.outcome != "approve":
            return {}
        if move.element == ANSWER:
            return stay.signer
        return dict.fromkeys(CHECKS, True) if move.element == ADMIN else {}

    return Answer(
        pace.on(day),
        who,
        "contract",
        move.element,
        stay.case,
        move.outcome,
        move.reason,
        data,
    )


def contract(
    stay: Stay, pace: Pace, played: Sequence[Move], first: date, days: Sequence[date]
) -> Telling:
    """A whole contract: begun on ``first``, then answered move by move."""
    yield opened(stay, pace, first)
    if not played:
        yield begun(stay, pace, first)
    yield from moves(stay, pace, played, days)
