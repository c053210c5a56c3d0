"""What the engine gives and takes: immutable values, no rows and no sessions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Generic, Literal, TypeAlias, TypeVar

Value: TypeAlias = bool | int | float | str | list["Value"] | dict[str, "Value"] | None
"""A JSON value."""


T = TypeVar("T")


class InstanceStatus(IntEnum):
    """Where a process instance stands."""

    ACTIVE = 0  #: tokens are waiting or moving
    COMPLETED = 1  #: every token has reached its end
    TERMINATED = 2  #: somebody ended it before its end


class WorkItemStatus(IntEnum):
    """Where a work item stands."""

    OPEN = 0  #: waiting for a person
    COMPLETED = 1  #: somebody has done it
    CANCELLED = 2  #: the process went on without it


@dataclass(frozen=True, slots=True)
class Labels:
    """How an instance is shown and filtered in lists; no rule reads them.

    ``subject`` says what the case is about, ``org_unit`` which department it
    belongs to, ``counterparty`` who the other side is.
    """

    subject: str = ""
    org_unit: str = ""
    counterparty: str = ""


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One task asked of one person or group."""

    id: int
    instance_id: int
    definition_id: int
    key: str
    business_key: str
    task_no: int
    element: str
    names: Mapping[str, str]
    process_names: Mapping[str, str]
    instructions: Mapping[str, str]
    lane: str
    seat: int
    candidate: str
    assignee: str | None
    owner: str | None
    status: WorkItemStatus
    page: str | None
    form: str | None
    approval: str | None
    outcomes: tuple[str, ...]
    reason_required: frozenset[str]
    due_at: datetime | None
    follow_up_at: datetime | None
    priority: int
    created_at: datetime
    completed_at: datetime | None
    completed_by: str | None
    on_behalf_of: str | None
    outcome: str | None
    reason: str | None
    draft: Mapping[str, Value] | None
    labels: Labels
    bulk: bool = False
    """Whether the diagram allows to complete many of its kind at once."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One process instance.

    ``active_elements`` are the ids where tokens wait; ``restricted`` hides it from
    those who oversee and have no part in it; since ``erased_at`` its content is gone.
    """

    id: int
    definition_id: int
    key: str
    version: int
    process_names: Mapping[str, str]
    business_key: str
    status: InstanceStatus
    labels: Labels
    started_at: datetime
    ended_at: datetime | None
    revision: int
    restricted: bool = False
    open_items: tuple[WorkItem, ...] = ()
    active_elements: tuple[str, ...] = ()
    incidents: int = 0
    erased_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """What :meth:`Engine.start` gives: the instance and its first work items."""

    instance_id: int
    work_items: tuple[int, ...]
    finished: bool


@dataclass(frozen=True, slots=True)
class Completed:
    """What :meth:`Engine.complete` gives; the same again for the same key.

    ``outcome`` is None while an approval step still waits for other seats.
    ``next_items`` are the open work items the completion gave rise to.
    """

    work_item_id: int
    instance_id: int
    outcome: str | None
    next_items: tuple[int, ...]
    instance_finished: bool


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a message.

    ``delivered`` says whether anything has come of it. ``instance_id`` is the case
    that waited for it, else the first it has started; ``started`` are all of those.
    """

    delivered: bool
    instance_id: int | None = None
    duplicate: bool = False
    started: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A slice of a list. ``after`` is the cursor of the next page, None at the end."""

    items: Sequence[T]
    after: str | None = None


@dataclass(frozen=True, slots=True)
class InboxQuery:
    """Which work items, in which order, from where.

    ``view``: ``mine`` (assigned to the actor), ``groups`` (offered to the
    actor's groups and unclaimed, or the actor's own), ``all`` (all the actor may see).
    """

    view: Literal["mine", "groups", "all"] = "groups"
    text: str = ""
    process: str = ""
    element: str = ""
    org_unit: str = ""
    counterparty: str = ""
    overdue: bool = False
    due_before: datetime | None = None
    after: str | None = None
    limit: int = 50
    sort: Literal["due", "newest"] = "due"


@dataclass(frozen=True, slots=True)
class InboxCounts:
    """How many work items wait, each counted up to 100."""

    mine: int
    groups: int
    overdue: int


@dataclass(frozen=True, slots=True)
class InstanceQuery:
    """Which process instances, newest first; ``business_key`` matches exactly."""

    business_key: str | None = None
    text: str = ""
    process: str = ""
    org_unit: str = ""
    counterparty: str = ""
    status: InstanceStatus | None = None
    after: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class SeatState:
    """One seat of an approval step: who is asked and what they have said."""

    seat: int
    candidate: str
    assignee: str | None
    open: bool
    work_item_id: int | None
    decided_by: str | None
    on_behalf_of: str | None
    outcome: str | None
    reason: str | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Comment:
    """A remark on a case."""

    id: int
    instance_id: int
    work_item_id: int | None
    author: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that cannot go on by itself and waits for an operator."""

    id: int
    instance_id: int | None
    business_key: str
    subject: str
    element: str
    reason: str
    detail: str
    params: Mapping[str, Value]
    at: datetime
    resolved_at: datetime | None
    resolved_by: str | None


@dataclass(frozen=True, slots=True)
class HistoryEvent:
    """One link of an instance's chain, with the ``hash`` that seals it.

    ``payload`` is None where the event has none, and where it was ``erased``.
    """

    instance_id: int
    seq: int
    at: datetime
    kind: str
    element: str | None
    work_item_id: int | None
    actor: str
    on_behalf_of: str | None
    payload: Mapping[str, Value] | None
    erased: bool = False
    hash: bytes = b""


@dataclass(frozen=True, slots=True)
class Found(Page[T]):
    """A page of what was searched. ``count`` is of all that is found, as far as it is counted."""

    count: int = 0


@dataclass(frozen=True, slots=True)
class FoundCase:
    """A case that was searched; ``matched_at`` is the instant of its last matching event.

    It is None where no events were asked for but perhaps a period.
    """

    case: Instance
    matched_at: datetime | None


@dataclass(frozen=True, slots=True)
class FoundEvent:
    """An event that was searched, and its case."""

    event: HistoryEvent
    case: Instance


@dataclass(frozen=True, slots=True)
class Version:
    """One deployed version of a process. ``running`` counts its active cases.

    Cases that are hidden from who oversees are not counted.
    """

    definition_id: int
    key: str
    number: int
    note: str
    digest: str
    deployed_at: datetime
    deployed_by: str
    running: int
