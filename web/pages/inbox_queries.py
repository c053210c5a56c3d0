"""What an address of the inbox asks for, and what is typed to keep it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from engine.values import InboxQuery
from web.addresses import cursor, wanted

View = Literal["mine", "groups", "all"]
VIEWS: tuple[View, ...] = ("mine", "groups", "all")
PAGE = 50
THIS_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Saving:
    """What was typed to save a view, and why it was refused."""

    name: str = ""
    group: str = ""
    errors: Mapping[str, list[str]] = field(default_factory=dict)


NOT_SAVING = Saving()


def query_from(arguments: Mapping[str, str], now: datetime) -> InboxQuery:
    """The inbox query an address asks for; what it does not know it leaves out."""
    view = arguments.get("view", "groups")
    due = arguments.get("due", "")
    return InboxQuery(
        view=view if view in VIEWS else "groups",
        text=wanted(arguments.get("q")),
        process=wanted(arguments.get("process")),
        element=wanted(arguments.get("step")),
        org_unit=wanted(arguments.get("department")),
        counterparty=wanted(arguments.get("partner")),
        overdue=due == "late",
        due_before=now + THIS_WEEK if due == "week" else None,
        after=cursor(arguments.get("after")),
        limit=PAGE,
        sort="newest" if arguments.get("sort") == "newest" else "due",
    )
