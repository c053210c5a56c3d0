"""What is looked for in the history: one type for searching, measuring and exporting.

It stands in addresses and in what is saved as a query string, which is read back by
:func:`parse`. What it means in the database is in :mod:`engine.runtime.filtering`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from marshmallow import RAISE, Schema, ValidationError, fields

from engine.errors import InvalidInput
from engine.texts import unusable
from engine.values import InstanceStatus

MAX_VALUES: Final = 50
MAX_TEXT: Final = 200
MAX_NUMBER: Final = 10_000
STATES: Final[Mapping[str, InstanceStatus]] = {
    status.name.lower(): status for status in InstanceStatus
}
_NUMBER = re.compile(r"[0-9]{1,5}")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Which cases and events are looked for; what is empty narrows nothing.

    Some conditions are about a case: its process, version, state, business key, labels, and
    whether its version is ``outdated``, older than the one in force. The others are about an
    event: its kind, element, who did it (for themselves, or had it done for them), whether
    it was ``substituted``, done on behalf of somebody, the answer that it gave, and when it
    happened: from ``since`` on, before ``until``.

    A case is found that fulfils the conditions about a case and has at least ``times`` events
    (one, where it is 0) that fulfil all conditions about an event together. An event is found
    that fulfils those about an event, in a case that is found. Several values of one
    condition are alternatives.
    """

    processes: tuple[str, ...] = ()
    versions: tuple[int, ...] = ()
    states: tuple[InstanceStatus, ...] = ()
    business_key: str = ""
    org_units: tuple[str, ...] = ()
    counterparties: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    times: int = 0
    outdated: bool = False
    substituted: bool = False

    @property
    def about_cases(self) -> bool:
        """Whether anything is asked of the case itself."""
        return bool(
            self.processes
            or self.versions
            or self.states
            or self.business_key
            or self.org_units
            or self.counterparties
            or self.outdated
        )

    @property
    def about_events(self) -> bool:
        """Whether anything is asked of its events."""
        return bool(
            self.people
            or self.kinds
            or self.elements
            or self.outcomes
            or self.since
            or self.until
            or self.times > 1
            or self.substituted
        )


def parse(arguments: Mapping[str, Sequence[str]], zone: ZoneInfo) -> HistoryFilter:
    """The filter that the arguments of an address, each with its values, ask for.

    Days are those of ``zone``; the last day is part of the period. Raises InvalidInput with a
    code for each argument that is not acceptable, and for unknown ones.
    """
    given = {name: list(values) for name, values in arguments.items()}
    try:
        loaded: dict[str, Any] = _Arguments().load(given)
    except ValidationError as refused:
        raise InvalidInput(
            {str(name): [str(code) for code in codes] for name, codes in refused.messages.items()}  # type: ignore[union-attr]
        ) from None
    since = _instant("from", loaded.pop("from", ""), zone, last=False)
    until = _instant("to", loaded.pop("to", ""), zone, last=True)
    if since is not None and until is not None and until <= since:
        raise InvalidInput({"to": ["before_start"]})
    if loaded.get("times") == 1:
        del loaded["times"]
    return HistoryFilter(since=since, until=until, **loaded)


def arguments_of(wanted: HistoryFilter, zone: ZoneInfo) -> list[tuple[str, str]]:
    """The arguments that :func:`parse` reads as this filter, always in the same order."""
    found: list[tuple[str, str]] = []
    for name, attribute in _LISTS.items():
        found += [(name, str(value)) for value in getattr(wanted, attribute)]
    found += [("state", state.name.lower()) for state in wanted.states]
    if wanted.business_key:
        found.append(("business_key", wanted.business_key))
    found += [(name, "1") for name in _SWITCHES if getattr(wanted, name)]
    if wanted.times > 1:
        found.append(("times", str(wanted.times)))
    if wanted.since is not None:
        found.append(("from", _told(wanted.since, zone, last=False)))
    if wanted.until is not None:
        found.append(("to", _told(wanted.until, zone, last=True)))
    return found


def query_string(wanted: HistoryFilter, zone: ZoneInfo) -> str:
    """The one way in which this filter is written in an address, and saved."""
    return urlencode(arguments_of(wanted, zone))


_SWITCHES: Final = ("outdated", "substituted")
_LISTS: Final = {
    "process": "processes",
    "version": "versions",
    "org_unit": "org_units",
    "counterparty": "counterparties",
    "person": "people",
    "kind": "kinds",
    "element": "elements",
    "outcome": "outcomes",
}


class _Texts(fields.Field[tuple[str, ...]]):
    """Several values of one argument, each once, in a fixed order; empty ones are none."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        found = sorted({text for each in value if (text := each.strip())})
        if len(found) > MAX_VALUES:
            raise ValidationError(f"too_many:{MAX_VALUES}")
        for text in found:
            if len(text) > MAX_TEXT:
                raise ValidationError(f"too_long:{MAX_TEXT}")
            if unusable(text):
                raise ValidationError("invalid_characters")
        return tuple(found)


class _Numbers(_Texts):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        texts = super()._deserialize(value, attr, data, **kwargs)
        return tuple(sorted({_number(text) for text in texts}))


class _States(_Texts):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        texts = super()._deserialize(value, attr, data, **kwargs)
        if any(text not in STATES for text in texts):
            raise ValidationError("not_an_option")
        return tuple(sorted(STATES[text] for text in texts))


class _Text(_Texts):
    """An argument that has one value."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        texts = super()._deserialize(value, attr, data, **kwargs)
        if len(texts) > 1:
            raise ValidationError("too_many:1")
        return texts[0] if texts else ""


class _Number(_Text):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        return _number(text) if text else 0


class _Switch(_Text):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text not in {"", "1"}:
            raise ValidationError("not_an_option")
        return text == "1"


class _Arguments(Schema):
    """The arguments of a filter; messages are codes."""

    error_messages = {"unknown": "unknown_field"}  # noqa: RUF012

    class Meta:
        """Refuse what is not declared, and read ``from``, which is no name in Python."""

        unknown = RAISE
        include = {"from": _Text()}  # noqa: RUF012

    process = _Texts(attribute="processes")
    version = _Numbers(attribute="versions")
    state = _States(attribute="states")
    business_key = _Text()
    org_unit = _Texts(attribute="org_units")
    counterparty = _Texts(attribute="counterparties")
    person = _Texts(attribute="people")
    kind = _Texts(attribute="kinds")
    element = _Texts(attribute="elements")
    outcome = _Texts(attribute="outcomes")
    times = _Number()
    outdated = _Switch()
    substituted = _Switch()
    to = _Text()


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text) or int(text) > MAX_NUMBER:
        raise ValidationError("not_an_integer")
    return int(text)


def _instant(name: str, text: str, zone: ZoneInfo, *, last: bool) -> datetime | None:
    """The beginning of a day, or its end where it is the last; an instant as it is."""
    if not text:
        return None
    try:
        if len(text) == len("2027-01-31"):
            day = date.fromisoformat(text)
            return datetime.combine(day + _DAY if last else day, time(), zone)
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(zone)
    except (ValueError, OverflowError):
        raise InvalidInput({name: ["not_a_date"]}) from None


def _told(at: datetime, zone: ZoneInfo, *, last: bool) -> str:
    local = at.astimezone(zone)
    if local.time() != time():
        return local.isoformat()
    return (local.date() - _DAY if last else local.date()).isoformat()


__all__ = ["STATES", "HistoryFilter", "arguments_of", "parse", "query_string"]
