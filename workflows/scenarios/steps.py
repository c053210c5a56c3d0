"""A scenario as values: its title, when it begins, and its steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeAlias

SYSTEM_MEMBER = "system"
"""Who acts where a step names nobody."""


@dataclass(frozen=True, slots=True)
class Do:
    """An action of a lifecycle; its result is kept under the name ``keep``."""

    action: str
    member: str = SYSTEM_MEMBER
    arguments: Mapping[str, Any] = field(default_factory=dict)
    keep: str = ""


@dataclass(frozen=True, slots=True)
class Complete:
    """A member of the cast completes an open work item of the user task ``element``.

    ``process`` and ``case`` (a business key) say which case is meant where several have
    such an item, ``number`` (from 1) which item of those the member may do, oldest first.
    """

    element: str
    member: str
    process: str = ""
    case: str = ""
    number: int = 1
    outcome: str | None = None
    reason: str | None = None
    data: object = None


@dataclass(frozen=True, slots=True)
class Wait:
    """Time passes: for an ISO 8601 ``duration``, or ``until`` an instant."""

    duration: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A message comes from outside, under the business key ``case`` (else the last used)."""

    name: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    case: str = ""
    delivered: bool = True


@dataclass(frozen=True, slots=True)
class ExpectedMail:
    """A mail ``to`` a member or an address that holds every text of ``contains``.

    ``count`` asks for so many of them; without it one will do.
    """

    to: str
    contains: tuple[str, ...] = ()
    count: int | None = None


@dataclass(frozen=True, slots=True)
class ExpectedDocument:
    """A document of the case; None leaves a property open."""

    kind: str
    language: str | None = None
    superseded: bool | None = None
    revoked: bool | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Expect:
    """What must be true; None asks nothing.

    ``open`` are all user tasks that wait, as ``element`` or ``process/element``; ``due``
    their due dates in the time of Paris; ``running``, ``finished`` and ``terminated``
    processes by their newest case; ``mails`` what has been sent since mails were last
    looked at; ``facts`` fillers with the value each must have.
    """

    open: tuple[str, ...] | None = None
    due: Mapping[str, date] = field(default_factory=dict)
    running: tuple[str, ...] = ()
    finished: tuple[str, ...] = ()
    terminated: tuple[str, ...] = ()
    mails: tuple[ExpectedMail, ...] | None = None
    documents: tuple[ExpectedDocument, ...] | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    incidents: int | None = None


@dataclass(frozen=True, slots=True)
class Refuse:
    """A step that must be refused with ``error``.

    That is the code of the error (``forbidden``, ``invalid_state``), a code of any field
    (``required``), or a mapping of fields to their codes.
    """

    step: Do | Complete | Message
    error: str | Mapping[str, str]


Step: TypeAlias = Do | Complete | Wait | Message | Expect | Refuse


@dataclass(frozen=True, slots=True)
class Placed:
    """A step with its number and its line in the file, both from 1."""

    number: int
    line: int
    step: Step


@dataclass(frozen=True, slots=True)
class Scenario:
    """A story: ``name`` is that of its file, ``at`` when it begins.

    ``processes`` are the bundles in play besides the one the story belongs to.
    """

    name: str
    title: str
    at: datetime
    steps: tuple[Placed, ...]
    processes: tuple[str, ...] = ()
