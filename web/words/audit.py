"""What verifying the record finds, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy

from web.words.tasks import DECIDED, EVENTS, event_words, outcome_words

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


_STATES: Final[Mapping[str, str]] = {
    "active": lazy("under way"),
    "completed": lazy("finished"),
    "terminated": lazy("ended early"),
}


def case_state(state: str) -> str:
    """Where a case stands."""
    return str(_STATES.get(state, state))


def event_kind(kind: str) -> str:
    """A kind of event in words, whatever an event of it says."""
    return str(_("Case migrated")) if kind == "migrated" else event_words(kind, None)


def event_kinds() -> list[tuple[str, str]]:
    """Every kind of event with its words, in their order."""
    return sorted(((kind, event_kind(kind)) for kind in EVENTS), key=lambda each: each[1])


def answers() -> list[tuple[str, str]]:
    """Every answer that a step can have, with its words, in their order."""
    return sorted(((code, outcome_words(code)) for code in DECIDED), key=lambda each: each[1])


def wrong(code: str) -> str:
    """What is wrong with an event of the record."""
    return str(_WRONG.get(code, code))
