"""What verifying the record finds, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as lazy

_WRONG: Final[Mapping[str, str]] = {
    "changed_event": lazy("the event was changed"),
    "changed_payload": lazy("the content of the event was changed"),
    "missing_event": lazy("the event is missing"),
    "inserted_event": lazy("the event was inserted"),
    "swapped_events": lazy("the event changed places with another"),
    "cut_tail": lazy("the event and all after it are missing"),
    "head_differs": lazy("the end of the chain does not fit the case"),
    "missing_instance": lazy("the case is missing"),
    "differs_from_anchor": lazy("the chain was written anew since the anchor"),
    "payload_without_event": lazy("there is content but no event"),
}


def wrong(code: str) -> str:
    """What is wrong with an event of the record."""
    return str(_WRONG.get(code, code))
