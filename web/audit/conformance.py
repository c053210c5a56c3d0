"""Which cases went another way than the present processes and their tables say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as lazy
from sqlalchemy import Select

from engine.history.filters import HistoryFilter
from engine.values import Found, FoundCase, InstanceStatus
from web import current, words
from web.audit.asking import Asked, asked, chips
from web.audit.facets import facets, periods, staff
from workflows import conformance

pages = Blueprint("conformance", __name__)

PAGE = 50
FACETS = frozenset({"process", "org_unit", "counterparty", "state"})
"""What the classes can be narrowed by beside people and period; the rest they say themselves."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """A class of cases: by events, by version, or by what a lifecycle keeps."""

    label: str
    meaning: str
    kinds: tuple[str, ...] = ()
    outdated: bool = False
    substituted: bool = False
    among: Callable[[], Select[Any]] | None = None

    def narrowed(self, wanted: HistoryFilter) -> HistoryFilter | None:
        """The filter for the cases of this class; None where no case can fit it.

        Running cases are meant unless the filter asks for others.
        """
        kinds = tuple(kind for kind in self.kinds if not wanted.kinds or kind in wanted.kinds)
        if self.kinds and not kinds:
            return None
        return replace(
            wanted,
            states=wanted.states or (InstanceStatus.ACTIVE,),
            kinds=kinds or wanted.kinds,
            outdated=wanted.outdated or self.outdated,
            substituted=wanted.substituted or self.substituted,
        )


DEVIATIONS: Final[Mapping[str, Deviation]] = {
    "outdated": Deviation(
        lazy("On an old version"),
        lazy("They follow a version that is older than the one in force."),
        outdated=True,
    ),
    "migrated": Deviation(
        lazy("Migrated"),
        lazy("They were moved from one version of their process to another."),
        kinds=("migrated",),
    ),
    "retried": Deviation(
        lazy("Retried"),
        lazy("They were stopped by an incident, and somebody tried again."),
        kinds=("incident_retried",),
    ),
    "reassigned": Deviation(
        lazy("Reassigned"),
        lazy("A task of theirs was assigned or delegated to somebody else."),
        kinds=("work_item_assigned", "work_item_delegated"),
    ),
    "substituted": Deviation(
        lazy("Decided by a substitute"),
        lazy("A task of theirs was done on behalf of somebody who was away."),
        kinds=("work_item_completed",),
        substituted=True,
    ),
    "grades": Deviation(
        lazy("Grade other than proposed"),
        lazy("The coordinator or the board set a grade that the conversion did not propose."),
        among=conformance.grades_changed,
    ),
    "verdicts": Deviation(
        lazy("Verdict other than proposed"),
        lazy("The board’s verdict is not the one that the department’s rule gives."),
        among=conformance.verdicts_changed,
    ),
    "grants": Deviation(
        lazy("Grant by exception"),
        lazy("The grant was awarded although a rule of eligibility is not met."),
        among=conformance.grants_by_exception,
    ),
    "applications": Deviation(
        lazy("Admitted by exception"),
        lazy("A wish was admitted although it does not meet a rule of eligibility."),
        among=conformance.applications_by_exception,
    ),
    "forced": Deviation(
        lazy("Publication forced"),
        lazy("They follow a version that was published although scenarios had failed."),
        among=conformance.under_forced_versions,
    ),
}


@dataclass(frozen=True, slots=True)
class Class:
    """A class as the page lists it."""

    deviation: Deviation
    count: int
    address: str
    current: bool


@pages.get("/history/conformance")
def show() -> ResponseReturnValue:
    """Every class with its count; the one that is chosen with its cases."""
    arguments = request.args.to_dict(flat=False)
    chosen = (arguments.pop("class", None) or [next(iter(DEVIATIONS))])[0]
    wrong = {} if chosen in DEVIATIONS else words.field_errors({"class": ["not_an_option"]})
    chosen = next(iter(DEVIATIONS)) if wrong else chosen
    found = asked(arguments, "conformance.show", class_=chosen)
    found = replace(found, errors={**wrong, **found.errors})
    if found.who and not found.errors:
        return redirect(found.address("conformance.show"))
    counts = {} if found.errors else _counts(found.wanted)
    page = render_template(
        "audit/conformance.html",
        asked=found,
        found=Found(()) if found.errors else _cases(found, DEVIATIONS[chosen]),
        chosen=DEVIATIONS[chosen],
        classes=_classes(found, counts, chosen),
        chips=chips(found, "conformance.show"),
        facets=[facet for facet in facets(found) if facet.name in FACETS],
        staff=staff(),
        periods=periods(found, "conformance.show"),
    )
    return page, 422 if found.errors else 200


def _counts(wanted: HistoryFilter) -> dict[str, int]:
    engine, actor = current.engine(), current.actor()
    counts = {}
    for name, each in DEVIATIONS.items():
        narrowed = each.narrowed(wanted)
        among = each.among() if each.among else None
        counts[name] = (
            0 if narrowed is None else engine.count_cases(narrowed, actor=actor, among=among)
        )
    return counts


def _cases(found: Asked, chosen: Deviation) -> Found[FoundCase]:
    narrowed = chosen.narrowed(found.wanted)
    if narrowed is None:
        return Found(())
    return current.engine().search_cases(
        narrowed,
        actor=current.actor(),
        among=chosen.among() if chosen.among else None,
        after=found.after,
        limit=PAGE,
    )


def _classes(found: Asked, counts: Mapping[str, int], chosen: str) -> Sequence[Class]:
    return [
        Class(
            each,
            counts.get(name, 0),
            replace(found, class_=name).address("conformance.show"),
            name == chosen,
        )
        for name, each in DEVIATIONS.items()
    ]
