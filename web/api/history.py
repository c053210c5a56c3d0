"""The history for programs: searched with the filters of the page, and as a feed.

For the same people as the page; a program signs in as one of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import request
from marshmallow import Schema, fields, pre_dump, validate

from engine.history.access_log import LOG
from engine.history.feed import Feed
from engine.history.filters import parse
from engine.values import Found, FoundEvent, HistoryEvent
from web import current
from web.addresses import MAX_ID
from web.api.schemas import HistoryEventSchema, Strict
from web.api.typed import Routes
from workflows.office_work.local_time import ZONE

history = Routes("api_history", prefix="/api/v1", description="The history of all cases")

MOST = 200
MOST_FED = 1_000
PAGING = frozenset({"after", "limit"})


def _texts(told: str) -> Any:
    return fields.List(fields.String(), metadata={"description": told})


class SearchSchema(Strict):
    """A filter, as in the addresses of the search; repeated values are alternatives."""

    process = _texts("Keys of processes")
    version = _texts("Numbers of versions")
    state = _texts("active, completed or terminated")
    business_key = _texts("Business key of the cases")
    org_unit = _texts("Codes of departments")
    counterparty = _texts("Partners, as cases are labelled")
    person = _texts("Who did it or had it done")
    kind = _texts("Kinds of events")
    element = _texts("Elements of the diagram")
    outcome = _texts("Answers that were given")
    outdated = _texts("1 for cases on a version older than the one in force")
    substituted = _texts("1 for what was done on behalf of somebody")
    times = _texts("How often that happened in a case, at least")
    to = _texts("The last day or the instant before which")
    after = fields.String(load_default=None, validate=validate.Length(max=64))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, MOST))

    class Meta(Strict.Meta):
        """``from`` is no name in Python."""

        include = {"from": _texts("The first day or instant")}  # noqa: RUF012


class CaseSchema(Schema):
    """The case of an event."""

    id = fields.String()
    process = fields.String(attribute="key")
    version = fields.Integer()
    business_key = fields.String()
    status = fields.Function(lambda case: case.status.name.lower(), metadata={"type": "string"})
    org_unit = fields.String(attribute="labels.org_unit")
    counterparty = fields.String(attribute="labels.counterparty")
    subject = fields.String(attribute="labels.subject")


class FoundEventSchema(Schema):
    """An event beside its case."""

    event = fields.Nested(HistoryEventSchema)
    case = fields.Nested(CaseSchema)


class FoundSchema(Schema):
    """A page of events, the latest first; ``after`` is the cursor of the next one."""

    items = fields.List(fields.Nested(FoundEventSchema))
    after = fields.String(allow_none=True)


class FeedQuerySchema(Strict):
    """From where on."""

    after = fields.Integer(load_default=0, validate=validate.Range(0, MAX_ID))
    limit = fields.Integer(load_default=MOST, validate=validate.Range(1, MOST_FED))


class FedEventSchema(HistoryEventSchema):
    """An event with its place in the feed; without an instance, one of the log of accesses."""

    position = fields.Integer()
    instance_id = fields.String(allow_none=True)

    @pre_dump
    def beside_its_place(self, fed: tuple[int, HistoryEvent], **_: Any) -> Mapping[str, Any]:
        """The event's members and its position."""
        position, event = fed
        own = None if event.instance_id == LOG else event.instance_id
        return {**asdict(event), "instance_id": own, "position": position}


class FeedSchema(Schema):
    """Events, the oldest first; ``after`` is where to go on, ``more`` whether there is more now."""

    items = fields.List(fields.Nested(FedEventSchema), attribute="events")
    after = fields.Integer()
    more = fields.Boolean()


@history.get("/history")
@history.takes(SearchSchema, location="query")
@history.gives(FoundSchema)
def search(query: Mapping[str, Any]) -> Found[FoundEvent]:
    """A page of the events that a filter finds in the cases you may see."""
    asked = {name: request.args.getlist(name) for name in query if name not in PAGING}
    return current.engine().search_events(
        parse(asked, ZONE), actor=current.actor(), after=query["after"], limit=query["limit"]
    )


@history.get("/history/feed")
@history.takes(FeedQuerySchema, location="query")
@history.gives(FeedSchema)
def feed(query: Mapping[str, int]) -> Feed:
    """All events behind a position, for a system that keeps watch.

    Going on from ``after`` misses no event, however late it was committed.
    """
    return current.engine().feed(actor=current.actor(), **query)
