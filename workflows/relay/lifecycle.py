"""What the correspondence plugs into the engine. It has no diagram: it goes with any case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from workflows.lifecycle import Lifecycle
from workflows.relay.news import TO_PARTNER, ToPartner

if TYPE_CHECKING:
    from engine.registry import Performer
    from workflows.office import Office


def _job_kinds(office: Office) -> Mapping[str, Performer]:
    return {TO_PARTNER: ToPartner(office)}


LIFECYCLE = Lifecycle("relay", job_kinds=_job_kinds)
