"""The compiled form of one process or subprocess, and of everything one definition needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.kernel.spiff import WorkflowSpec

if TYPE_CHECKING:
    from engine.kernel.node import Node


class ProcessSpec(WorkflowSpec):
    """The nodes of one process, called process or embedded subprocess.

    Nodes are named by their element's id. Nodes that exist only here have a
    space in their name, which no XML id can have, so that ids like ``Start``,
    ``End`` or ``Root`` mean nothing special. Immutable once compiled; threads share it.
    ``start`` is its none start event; only the main process may do without one, and
    only it has ``message_starts``, by element id.
    """

    start: Node | None
    message_starts: Mapping[str, Node]
    task_specs: dict[str, Node]
    data_objects: Mapping[str, object] = {}


@dataclass(frozen=True, slots=True)
class Executable:
    """A definition ready to run: parsed once, never changed, shared by threads."""

    process_id: str
    specs: Mapping[str, ProcessSpec]
