"""How values look on pages: dates with their distance, names of groups and people, numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Literal

from babel.dates import format_timedelta
from flask import Flask, g
from flask_babel import format_date, format_datetime, format_decimal, format_time, get_locale
from flask_babel import gettext as _
from markupsafe import Markup

from engine import Labels
from web import current
from web.i18n import language
from workflows.partners.models import UNASSIGNED, Department
from workflows.people.services import people_named

SOON = timedelta(days=3)
RECENT = timedelta(days=6)
MONTH = len("2027-01")


@dataclass(frozen=True, slots=True)
class Due:
    """A due date told: ``state`` is late, soon, later or none."""

    state: str
    text: str
    exact: str
    icon: str


def due(at: datetime | None) -> Due:
    """How far away a due date is."""
    if at is None:
        return Due("none", _("no deadline"), "", "calendar-event")
    left = at - current.engine().clock.now()
    exact = format_datetime(at, "EEE d MMM y, HH:mm")
    far = span(abs(left))
    if left < timedelta(0):
        return Due("late", _("%(span)s late", span=far), exact, "exclamation-octagon")
    state = "soon" if left <= SOON else "later"
    return Due(state, _("due in %(span)s", span=far), exact, "clock")


def moment(at: datetime) -> Markup:
    """A past instant: its distance while it is recent, else its date; exactly in the title."""
    ago = current.engine().clock.now() - at
    exact = format_datetime(at, "d MMMM y, HH:mm:ss z")
    if timedelta(0) <= ago < RECENT:
        text = format_timedelta(-ago, add_direction=True, locale=get_locale())
    else:
        text = format_date(at, "d MMM y")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(at.isoformat(), exact, text)


def exact_moment(at: datetime) -> Markup:
    """A past instant to the minute, for signatures and the timeline."""
    text = format_datetime(at, "d MMM y, HH:mm")
    exact = format_datetime(at, "d MMMM y, HH:mm:ss z")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(at.isoformat(), exact, text)


def span(length: timedelta, *, short: bool = False) -> str:
    """How long something takes or is past, in its largest unit."""
    style: Literal["short", "long"] = "short" if short else "long"
    return str(format_timedelta(length, threshold=1.2, format=style, locale=get_locale()))


def clock_time(at: datetime) -> str:
    """The time of day, as in "saved 12:04"."""
    return str(format_time(at, "HH:mm"))


def day(text: str | None) -> str:
    """A day or a month of an agreement in words; other text as it was written."""
    if not text:
        return ""
    pattern, complete = ("MMMM y", f"{text}-01") if len(text) == MONTH else ("d MMMM y", text)
    try:
        return str(format_date(date.fromisoformat(complete), pattern))
    except ValueError:
        return text


def number(value: Decimal | float | str | None) -> str:
    """A number in the reader's notation; text that is no number as it was written."""
    if value is None:
        return ""
    try:
        return str(format_decimal(Decimal(str(value)).normalize()))
    except InvalidOperation:
        return str(value)


def _departments() -> dict[str, Department]:
    if "departments" not in g:
        with current.reading() as rows:
            g.departments = {each.code: each for each in rows.query(Department)}
    found: dict[str, Department] = g.departments
    return found


def department_name(code: str) -> str:
    """A department's name in the reader's language; the empty code stands for all of them."""
    if not code:
        return str(_("all departments"))
    if code == UNASSIGNED:
        return str(_("no department yet"))
    found = _departments().get(code)
    return found.name(language()) if found else code


def whereabouts(labels: Labels) -> str:
    """The department and the partner of a case; nothing where it concerns neither."""
    if not labels.org_unit and not labels.counterparty:
        return ""
    return " → ".join(filter(None, (department_name(labels.org_unit), labels.counterparty)))


def group_name(group: str) -> str:
    """A candidate group in words: ``coordinator:lea`` is "Coordination, LEA"."""
    kind, _sep, rest = group.partition(":")
    if kind == "coordinator":
        return str(_("Coordination, %(department)s", department=department_name(rest)))
    if kind == "head":
        return str(_("Head of department, %(department)s", department=department_name(rest)))
    if kind == "jury":
        return str(_("Examination board, %(department)s", department=department_name(rest)))
    if kind == "teacher":
        return str(_("Teachers, %(department)s", department=department_name(rest)))
    if kind == "council":
        return str(_("Council: %(name)s", name=rest.upper()))
    if kind in {"student", "person"}:
        return person_name(f"person:{rest}")
    known = {
        "ri": _("International office"),
        "partner-desk": _("Partner university"),
        "admin": _("Process administration"),
        "auditor": _("Audit"),
        "registrar": _("Registrar’s office"),
        "ri-care": _("Student support, international office"),
        "legal": _("Legal affairs"),
        "president": _("President’s office"),
    }
    return str(known.get(group, group))


def remember_names(actor_ids: Iterable[str | None]) -> None:
    """Look up the names of many actors at once, for lists that show them."""
    known: dict[str, str] = g.setdefault("actor_names", {})
    wanted = {actor for actor in actor_ids if actor and actor not in known}
    if wanted:
        with current.reading() as rows:
            known.update(people_named(rows, wanted))


def person_name(actor_id: str | None) -> str:
    """Who an actor id is: a person's name, the partner, or the engine."""
    if not actor_id:
        return ""
    if actor_id == "system":
        return str(_("Passerelle (automatic)"))
    if actor_id.startswith("partner:"):
        return str(_("Partner university"))
    if actor_id.startswith("operator:"):
        account = actor_id.removeprefix("operator:")
        return str(_("Command line (%(account)s)", account=account))
    remember_names([actor_id])
    names: dict[str, str] = g.actor_names
    return names.get(actor_id, actor_id)


def init_app(app: Flask) -> None:
    """Offer these to the templates."""
    app.jinja_env.globals.update(due=due, clock_time=clock_time)
    app.jinja_env.filters.update(
        moment=moment,
        exact_moment=exact_moment,
        clock_time=clock_time,
        span=span,
        day=day,
        number=number,
        department=department_name,
        whereabouts=whereabouts,
        group=group_name,
        person=person_name,
    )
