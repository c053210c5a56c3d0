"""Campaigns and applications in words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask_babel import format_decimal, get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy

from workflows.application.policy.scoring import rounded

RETURNS = (
    lazy("A document is missing or cannot be read."),
    lazy("A document is not the one that is asked for."),
)
"""Why an application is often returned."""

STATUSES = {
    "draft": lazy("being written"),
    "submitted": lazy("submitted"),
    "returned": lazy("to be completed"),
    "admitted": lazy("admitted"),
    "scored": lazy("scored, waits for the places"),
    "refused": lazy("not admissible"),
    "missed": lazy("never submitted"),
    "selected": lazy("selected, to be confirmed"),
    "reserve": lazy("on the reserve list"),
    "rejected": lazy("not selected"),
    "confirmed": lazy("confirmed"),
    "nominated": lazy("nominated, the partner is asked"),
    "accepted": lazy("accepted by the partner"),
    "declined": lazy("rejected by the partner"),
    "placed": lazy("mobility open"),
    "withdrawn": lazy("withdrawn"),
    "lapsed": lazy("not confirmed in time"),
    "cancelled": lazy("departure cancelled"),
    "year_failed": lazy("year not passed"),
}
GOOD = frozenset({"selected", "confirmed", "nominated", "accepted", "placed"})
BAD = frozenset(
    {
        "refused", "missed", "rejected", "declined", "withdrawn", "lapsed", "cancelled",
        "year_failed",
    }
)  # fmt: skip
CAMPAIGN = {
    "draft": lazy("in preparation"),
    "planned": lazy("published, not open yet"),
    "open": lazy("open now"),
    "ended": lazy("closing date passed"),
    "closed": lazy("closed"),
}
CRITERIA = {
    "motivation": lazy("Motivation"),
    "language": lazy("Language"),
    "results": lazy("Results"),
    "coherence": lazy("Coherence of the project"),
}
KINDS = {
    "letter": lazy("Motivation letter"),
    "cv": lazy("CV"),
    "transcript": lazy("Transcript of records"),
    "language_proof": lazy("Proof of language level"),
    "project": lazy("Course project"),
}
RULES = {
    "not_enrolled": lazy("You must be enrolled at the university."),
    "no_year_completed": lazy("At least one year must be completed."),
    "stay_length": lazy("A stay lasts 2 to 12 months."),
    "cycle_months": lazy("At most 12 Erasmus months in one cycle of studies, this stay included."),
    "language_level": lazy("The language level lies below what the agreement asks for."),
    "debt_of_units": lazy("Units of an earlier year are still owed."),
    "level_not_covered": lazy("The agreement was made for another level of study."),
    "field_not_covered": lazy("The agreement was made for another field of study."),
}
"""Rules of eligibility, by the code that the decision table gives."""

CAUSES = {
    "admissibility": lazy("Admissibility"),
    "allocation": lazy("Allocation of places"),
    "promotion": lazy("Promotion from the reserve list"),
    "confirmation": lazy("Confirmed by the student"),
    "nomination": lazy("Nomination"),
    "partner": lazy("Answer of the partner"),
    "mobility": lazy("Mobility opened"),
    "withdrawal": lazy("Withdrawal"),
    "lapse": lazy("No confirmation in time"),
    "cancellation": lazy("Cancelled by the international office"),
    "year": lazy("Examination board"),
    "reserve_over": lazy("End of the reserve list"),
    "missed": lazy("Closing date passed"),
}
PROGRAMMES = {
    "erasmus": lazy("Erasmus"),
    "outside": lazy("outside Erasmus"),
}
NOMINATIONS = {
    "pending": lazy("waiting for the partner"),
    "approved": lazy("approved"),
    "rejected": lazy("rejected"),
    "cancelled": lazy("cancelled"),
}
FIELDS = {
    "title": lazy("Title"),
    "academic_year": lazy("Academic year"),
    "opens_at": lazy("Opens"),
    "closes_at": lazy("Closes"),
    "min_score": lazy("Least score to be placed"),
    "allow_debt": lazy("Admit students who owe units of an earlier year (AJAC)"),
    "documents": lazy("Documents every candidate must add"),
    "note": lazy("What students should know"),
    "departments": lazy("Departments"),
    "places": lazy("Places"),
    "paste": lazy("Rows to paste"),
    "department": lazy("Department"),
    "hei_id": lazy("Partner"),
    "isced_f": lazy("Field of study (ISCED-F)"),
    "eqf_level": lazy("Level (EQF)"),
    "seats": lazy("Places"),
    "months": lazy("Months"),
    "language": lazy("Language"),
    "cefr": lazy("Least level"),
    "programme": lazy("Programme"),
    "quorum": lazy("Answers needed"),
    "commission": lazy("Commission"),
    "student_number": lazy("Student number"),
    "enrolled": lazy("I am enrolled at the university this year"),
    "years_completed": lazy("Years of study completed"),
    "debts": lazy("I still owe units of an earlier year"),
    "conditional": lazy("My departure depends on passing the present year"),
    "erasmus_months": lazy("Erasmus months already spent in this cycle"),
    "motivation": lazy("Motivation and project"),
    "languages": lazy("Languages"),
    "wishes": lazy("Choices"),
    "place": lazy("Place"),
    "points": lazy("Points"),
    "remark": lazy("Remark"),
    "reviewers": lazy("Who scores instead"),
    "signer_name": lazy("Your name"),
    "signer_position": lazy("Your position"),
    "comment": lazy("Comment"),
    "file": lazy("File"),
    "kind": lazy("What it is"),
    "order": lazy("Order"),
    "reason": lazy("Reason"),
}


def application_status(status: str) -> str:
    """Where an application stands."""
    return str(STATUSES.get(status, status))


def application_look(status: str) -> str:
    """The class of a state: it repeats what the word says."""
    return "is-done" if status in GOOD else "is-quiet" if status in BAD else ""


def application_icon(status: str) -> str:
    """The shape of a state."""
    return "check-circle" if status in GOOD else "x-circle" if status in BAD else "hourglass-split"


def campaign_status(state: str) -> str:
    """Where a campaign stands."""
    return str(CAMPAIGN[state])


def programme(name: str) -> str:
    """Under which programme a place lies."""
    return str(PROGRAMMES.get(name, name))


def criterion(name: str) -> str:
    """A criterion of scoring."""
    return str(CRITERIA.get(name, name))


def upload_kind(kind: str) -> str:
    """What a candidate's document is."""
    return str(KINDS.get(kind.removeprefix("application."), kind))


def eligibility_rule(code: str) -> str:
    """A rule that a wish does not meet, as a sentence; one added by the university by its code."""
    return str(RULES.get(code, code))


def result_cause(cause: str) -> str:
    """What a result came from."""
    return str(CAUSES.get(cause, cause))


def nomination_status(status: str) -> str:
    """Where a nomination stands."""
    return str(NOMINATIONS.get(status, status))


def application_field(name: str) -> str:
    """The name of a field of campaigns and applications."""
    if name.startswith("weight_"):
        return str(_("Weight of: %(criterion)s", criterion=criterion(name[len("weight_") :])))
    return str(FIELDS.get(name) or name)


def application_path(path: str) -> str:
    """An error path in words: ``wishes.0.place`` is "Choices 1, Place"."""
    parts = path.split(".")
    if parts[0] == "points" and len(parts) > 1:
        return criterion(parts[1])
    if parts[0].startswith("reason_"):
        return application_field("reason")
    said = [application_field(parts[0])]
    for part in parts[1:]:
        if part.isdecimal():
            said[-1] = f"{said[-1]} {int(part) + 1}"
        else:
            said.append(application_field(part))
    return ", ".join(said)


def points(value: Any) -> str:
    """Points or a score with two decimals, in the reader's notation."""
    exact = rounded(value) if isinstance(value, Fraction) else Decimal(str(value))
    return str(format_decimal(exact, format="0.00"))


def wish_verdict(wish: Mapping[str, Any]) -> str:
    """What became of one wish, as a sentence."""
    verdict, lowest, seats = wish["verdict"], wish.get("lowest"), int(wish.get("seats") or 0)
    if verdict == "full" and lowest is None:
        return str(_("no place is offered any more"))
    if verdict == "full":
        said = ngettext(
            "the %(num)d place went to a better score (%(lowest)s)",
            "all %(num)d places went to better scores (the last with %(lowest)s)",
            seats,
        )
        return str(said) % {"lowest": points(lowest), "num": seats}
    sentences = {
        "given": _("this is the place given"),
        "not_needed": _("not looked at: a choice before it was given"),
        "given_up": _("left, because another place is confirmed"),
        "below_threshold": _("the score does not reach the least score of this campaign"),
    }
    return str(sentences[verdict])


def language_in_words(code: str) -> str:
    """A language in the reader's own."""
    locale = get_locale()
    name = locale.languages.get(code.split("-", maxsplit=1)[0]) if locale else None
    return str(name or code)


def wish_rank(rank: int) -> str:
    """First, second, third choice."""
    names = {1: _("1st choice"), 2: _("2nd choice"), 3: _("3rd choice")}
    return str(names.get(rank) or rank)


def application_reasons() -> list[str]:
    """Why an application is often returned, in the reader's language."""
    return [str(reason) for reason in RETURNS]
