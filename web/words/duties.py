"""The lighter duties in words: grants, agreements, meetings, difficulties, letters."""

from __future__ import annotations

from decimal import Decimal

from babel.numbers import format_currency
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy

SCHEMES = {
    "erasmus": lazy("Erasmus+ grant"),
    "ami": lazy("Mobility aid of the ministry (AMI)"),
    "crous": lazy("Scholarship kept up by CROUS"),
}
GRANT_STATES = {
    "assessment": lazy("being assessed"),
    "eligible": lazy("awarded"),
    "prefinancing_due": lazy("prefinancing to be paid"),
    "prefinanced": lazy("prefinancing paid"),
    "evidence": lazy("evidence being checked"),
    "balance_due": lazy("balance to be paid"),
    "refund_due": lazy("to be refunded by the student"),
    "settled": lazy("settled"),
    "refused": lazy("refused"),
    "declined": lazy("declined by the student"),
}
RULES = {
    "not_enrolled": lazy("The student must be enrolled at the university."),
    "stay_too_short": lazy("The stay is shorter than the scheme asks for."),
    "stay_too_long": lazy("The stay is longer than the scheme allows."),
    "cycle_exhausted": lazy("The days of aid of this cycle of studies would be exceeded."),
    "contract_not_signed": lazy("No learning agreement is signed by everybody yet."),
    "not_crous_holder": lazy("The scheme is for holders of a needs-based scholarship."),
    "country_not_covered": lazy("The scheme does not cover the host country."),
}
GRANT_EVENTS = {
    "opened": lazy("Grant opened"),
    "assessed": lazy("Facts established"),
    "returned": lazy("Back to the facts"),
    "awarded": lazy("Awarded"),
    "refused": lazy("Refused"),
    "signed": lazy("Grant agreement signed"),
    "declined": lazy("Declined"),
    "arrived": lazy("Arrival confirmed"),
    "prefinanced": lazy("Prefinancing paid"),
    "reported": lazy("Attestation and report handed in"),
    "evidence_returned": lazy("Evidence returned"),
    "verified": lazy("Evidence accepted"),
    "recomputed": lazy("Recomputed for another stay"),
    "balance_paid": lazy("Balance paid"),
    "refunded": lazy("Overpayment refunded"),
}
PARTNERSHIP_KINDS = {
    "agreement": lazy("Mobility agreement"),
    "double_degree": lazy("Double degree"),
    "framework": lazy("Framework agreement"),
}
PARTNERSHIP_STATES = {
    "written": lazy("being written"),
    "reviewed": lazy("in the circuit"),
    "in_force": lazy("in force"),
    "refused": lazy("refused"),
    "expired": lazy("expired"),
}
MEETING_STATES = {
    "planned": lazy("not published yet"),
    "published": lazy("open for sign-up"),
    "cancelled": lazy("called off"),
    "held": lazy("held"),
    "closed": lazy("held, with minutes"),
}
DIFFICULTY_KINDS = {
    "exam_clash": lazy("Two exams at the same time"),
    "language": lazy("The language of a course"),
    "workload": lazy("Too much work"),
    "course_closed": lazy("A course is full or does not take place"),
    "method": lazy("How one studies here"),
    "other": lazy("Something else"),
}
DIFFICULTY_STATES = {
    "reported": lazy("reported"),
    "followed": lazy("being followed"),
    "set_aside": lazy("set aside"),
    "closed": lazy("closed"),
}
MEASURES = {
    "advice": lazy("Advice is enough"),
    "adjusted_calendar": lazy("Adjust exams or dates"),
    "contract_change": lazy("Change the learning agreement"),
}
PARTIES = {
    "student": lazy("Student"),
    "coordinator": lazy("Coordinator"),
    "ri": lazy("International office"),
    "partner": lazy("Partner university"),
}


def grant_scheme(scheme: str) -> str:
    """Which aid it is."""
    return str(SCHEMES.get(scheme, scheme))


def grant_state(state: str) -> str:
    """Where a grant stands."""
    return str(GRANT_STATES.get(state, state))


def grant_rule(code: str) -> str:
    """An eligibility rule that is not met."""
    return str(RULES.get(code, code))


def grant_event(kind: str) -> str:
    """Something that happened to a grant."""
    return str(GRANT_EVENTS.get(kind, kind))


def partnership_kind(kind: str) -> str:
    """What kind of agreement it is."""
    return str(PARTNERSHIP_KINDS.get(kind, kind))


def partnership_state(state: str) -> str:
    """Where a partnership stands."""
    return str(PARTNERSHIP_STATES.get(state, state))


def meeting_state(state: str) -> str:
    """Where a meeting stands."""
    return str(MEETING_STATES.get(state, state))


def difficulty_kind(kind: str) -> str:
    """What is difficult."""
    return str(DIFFICULTY_KINDS.get(kind, kind))


def difficulty_state(state: str) -> str:
    """Where the follow-up stands."""
    return str(DIFFICULTY_STATES.get(state, state))


def measure(name: str) -> str:
    """What was agreed."""
    return str(MEASURES.get(name, name))


def party(name: str) -> str:
    """A side of a mobility."""
    return str(PARTIES.get(name, name))


def euros(amount: Decimal | None) -> str:
    """An amount of money in the reader's notation, exact to the cent."""
    if amount is None:
        return ""
    return str(format_currency(amount, "EUR", locale=get_locale()))


def places(used: int, agreed: int) -> str:
    """How many of the places are taken."""
    return str(_("%(used)s of %(all)s", used=used, all=agreed))
