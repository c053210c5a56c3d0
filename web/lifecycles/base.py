"""How a lifecycle shows its tasks and its cases; the pages around it are the same for all."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.values import Instance, WorkItem
from web.submissions import Node


@dataclass
class Typed:
    """What a person has typed and not yet got through."""

    data: Mapping[str, Any] | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)
    outcome: str | None = None
    key: str = field(default_factory=lambda: str(uuid.uuid4()))
    errors: Mapping[str, list[str]] = field(default_factory=dict)


def _nothing(_item: WorkItem, _typed: Typed) -> Mapping[str, Any]:
    return {}


def _as_it_is(data: dict[str, Node]) -> dict[str, Node]:
    return data


def _unbound(_item: WorkItem) -> str:
    return ""


@dataclass(frozen=True)
class TaskPage:
    """How the tasks of one ``page`` of a diagram look.

    ``body`` is a template shown above the form: what is to be decided. ``inputs`` stands
    inside the form, before the decision bar: what is typed. ``preview`` is the short form
    beside the inbox, ``partner`` the page a partner without an account gets. All get
    ``context(item, typed)`` beside the frame's own variables.

    ``submission`` cleans the nested fields that a form sends; ``row_action`` adds or removes
    rows for browsers without script. ``digest`` tells what a partner's link is bound to.
    ``reasons`` are those often given there, offered as a start for one's own words.
    """

    body: str | None = None
    inputs: str | None = None
    context: Callable[[WorkItem, Typed], Mapping[str, Any]] = _nothing
    submission: Callable[[dict[str, Node]], dict[str, Node]] = _as_it_is
    row_action: Callable[[dict[str, Node], str], dict[str, Node]] | None = None
    preview: str | None = None
    template: str = "tasks/task.html"
    partner: str = "partner/show.html"
    digest: Callable[[WorkItem], str] = _unbound
    reasons: Callable[[], Sequence[str]] = tuple
    signs: bool = False
    """Whether approving is a signature."""


@dataclass(frozen=True)
class CaseSection:
    """What a case page shows of its lifecycle; ``context`` is None where there is nothing."""

    template: str
    context: Callable[[Instance], Mapping[str, Any] | None]
