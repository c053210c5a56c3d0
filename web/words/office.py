"""The office's own matters in words: who stands in for whom, mails and how they go out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy
from markupsafe import Markup, escape

from workflows.people.models import Person

ABOUT = {
    "task": lazy("Tasks"),
    "reminder": lazy("Reminders"),
    "escalation": lazy("Delays"),
    "decision": lazy("Decisions and news"),
    "mention": lazy("Comments that name me"),
}
HINTS = {
    "task": lazy("something is asked of you or your group, or given to you"),
    "reminder": lazy("something asked of you still waits"),
    "escalation": lazy("others have not answered in time"),
    "decision": lazy("something was signed, refused, changed"),
    "mention": lazy("somebody wrote your name with an @"),
}
DELIVERIES = {
    "now": lazy("at once"),
    "digest": lazy("in the daily digest"),
    "never": lazy("never"),
}
STATUSES = {
    "queued": lazy("on its way"),
    "sent": lazy("sent"),
    "stored": lazy("kept here"),
}


def mail_about(about: str) -> str:
    """A kind of news."""
    return str(ABOUT[about])


def mail_about_hint(about: str) -> str:
    """When there is such news."""
    return str(HINTS[about])


def mail_delivery(delivery: str) -> str:
    """How somebody hears of news."""
    return str(DELIVERIES[delivery])


def mail_status(status: str) -> str:
    """Where a mail is."""
    return str(STATUSES.get(status, status))


def with_mentions(text: str, people: Sequence[Person]) -> Markup:
    """A comment as it is shown, the names of those whom it has told of itself set off."""
    names = {person.login: person.name for person in people}
    if not names:
        return escape(text)
    longest_first = sorted(names, key=len, reverse=True)
    sign = re.compile(
        rf"@(?:{'|'.join(re.escape(login) for login in longest_first)})(?!\w)", re.IGNORECASE
    )
    shown, end = Markup(), 0
    for found in sign.finditer(text):
        name = names[found[0][1:].lower()]
        marked = Markup('<strong class="mention" title="{}">{}</strong>').format(name, found[0])
        shown += escape(text[end : found.start()]) + marked
        end = found.end()
    return shown + escape(text[end:])


def in_place_of(name: str, absent: str) -> str:
    """Who acted, and for whom, where it was for somebody."""
    return str(_("%(name)s, for %(absent)s", name=name, absent=absent)) if absent else name


def last_day(until: datetime) -> str:
    """The last day of what ends at an instant."""
    return str(format_date(until - timedelta(microseconds=1), "d MMM y"))


def days(starts_at: datetime, ends_at: datetime) -> str:
    """A period by its first and its last day."""
    first, last = str(format_date(starts_at, "d MMM y")), last_day(max(ends_at, starts_at))
    return first if first == last else str(_("%(first)s to %(last)s", first=first, last=last))
