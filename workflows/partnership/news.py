"""What those who live a partnership are told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.notices.news import tell
from workflows.partners.services import institution_name
from workflows.people.models import Person
from workflows.people.services import RI, coordinator_group, people_in

if TYPE_CHECKING:
    from engine import Unit
    from engine.registry import JobContext, TaskContext
    from workflows.partnership.models import Partnership

MAILS = "workflows.partnership"


def tell_refused(ctx: TaskContext, partnership: Partnership) -> None:
    """A body has rejected it, and why."""
    _tell(ctx.unit, partnership, "refused", f"refused-{ctx.work_item.id}", ctx.reason or "")


def tell_signed(ctx: TaskContext, partnership: Partnership) -> None:
    """It is signed, from when to when."""
    _tell(ctx.unit, partnership, "signed", f"signed-{ctx.work_item.id}")


def tell_expired(ctx: JobContext, partnership: Partnership) -> None:
    """It has ended."""
    _tell(ctx.unit, partnership, "expired", f"expired-{partnership.id}")


def _tell(unit: Unit, partnership: Partnership, kind: str, news: str, reason: str = "") -> None:
    tell(
        unit,
        mails=MAILS,
        kind=kind,
        news=f"partnership-{news}",
        to=_concerned(unit, partnership),
        values={
            "title": partnership.title,
            "partner": institution_name(unit.session, partnership.hei_id),
            "from": partnership.starts_on.isoformat() if partnership.starts_on else "",
            "until": partnership.ends_on.isoformat() if partnership.ends_on else "",
            "reason": reason,
        },
        link=f"/cases/{partnership.instance_id}",
    )


def _concerned(unit: Unit, partnership: Partnership) -> list[Person]:
    people = people_in(unit.session, RI)
    if partnership.department:
        people += people_in(unit.session, coordinator_group(partnership.department))
    return list({person.id: person for person in people}.values())
