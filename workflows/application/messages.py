"""What the campaign's board tells the case of one application."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine import Unit
    from workflows.application.file_models import Application

ALLOCATED = "application_allocated"
PROMOTED = "application_promoted"
WITHDRAWN = "application_withdrawn"
MOBILITY_WITHDRAWN = "mobility_withdrawn"

_MESSAGE = "message"
"""The engine's job kind for a message that a case throws: delivered after the commit."""


def send(unit: Unit, application: Application, name: str) -> None:
    """Send ``name`` to the application's own case once this transaction is through.

    The message carries nothing: the case reads what is true when it gets there. Where the
    case does not wait for it, it has read that already.
    """
    unit.enqueue(_MESSAGE, {"name": name, "variables": {}}, instance_id=application.instance_id)
