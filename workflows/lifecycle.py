"""What one lifecycle plugs into the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workflows.notices.partner import FindContact, contact_of_mobility
from workflows.office import Office

if TYPE_CHECKING:
    from engine.registry import Performer, Service, TaskHandler


def _no_services(_: Office) -> Mapping[str, Service]:
    return {}


def _no_job_kinds(_: Office) -> Mapping[str, Performer]:
    return {}


@dataclass(frozen=True)
class Lifecycle:
    """Handlers, services, job kinds and pages of one lifecycle, by the names diagrams use.

    ``key`` is the process key, and the name of the folders of the lifecycle. ``contact``
    finds who answers at the partner's desk without an account.
    """

    key: str
    handlers: Mapping[str, TaskHandler] = field(default_factory=dict)
    services: Callable[[Office], Mapping[str, Service]] = _no_services
    job_kinds: Callable[[Office], Mapping[str, Performer]] = _no_job_kinds
    pages: frozenset[str] = frozenset()
    contact: FindContact = contact_of_mobility
