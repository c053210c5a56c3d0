"""What the partnership's lifecycle plugs into the engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from workflows.lifecycle import Lifecycle
from workflows.partnership.steps import HANDLERS, Expire

if TYPE_CHECKING:
    from engine.registry import Service
    from workflows.office import Office


def _services(_: Office) -> Mapping[str, Service]:
    return {"partnership.expire": Expire()}


LIFECYCLE = Lifecycle(
    "partnership",
    handlers=HANDLERS,
    services=_services,
    pages=frozenset(
        {"partnership.file", "partnership.review", "partnership.sign", "partnership.renew"}
    ),
)
