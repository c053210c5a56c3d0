"""Messages: delivered to the one instance that waits for them, and starting new ones, once.

A message goes two ways, and neither hinders the other:

- the one subscription it matches gets it. A message from outside matches by its
  name, its correlation and, where one is given, its business key. A message
  thrown by another case matches by its correlation and else only within its own
  business key, so that it never strays into a case it is not about;
- every process whose latest version has a start event for it starts one
  instance under the message's business key, unless an instance of that process
  (of whichever version) was active under that key when the message came.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from engine.errors import Conflict, InvalidInput, InvalidState, Retired
from engine.registry import Registry
from engine.runtime import instances, retirements
from engine.runtime.advance import Move, advance
from engine.runtime.correlation import correlation_key
from engine.runtime.deployed import Definition, Definitions
from engine.runtime.locked import LockedInstance
from engine.runtime.payloads import correlated, start_variables
from engine.tables import definition as definition_table
from engine.tables import identity_link, instance, received_message, subscription
from engine.texts import checked
from engine.unit import Unit
from engine.values import Delivery, InstanceStatus, Labels, Value

MAX_ID = 200
MAX_BUSINESS_KEY = 200


@dataclass(frozen=True, slots=True)
class Message:
    """A message on its way.

    ``business_key`` says which cases it is about; None where an outside sender does
    not know. An instance it starts takes ``labels`` and ``links`` over. ``thrown``:
    by another case, whose variables ``payload`` then are, and not from outside.
    """

    name: str
    payload: Mapping[str, Value]
    business_key: str | None
    labels: Labels
    links: tuple[str, ...]
    thrown: bool = False


def correlate(
    unit: Unit,
    registry: Registry,
    definitions: Definitions,
    message: Message,
    *,
    message_id: str,
) -> Delivery:
    """Deliver a message from outside.

    The same ``message_id`` again is answered as a duplicate and changes nothing;
    so does a message nobody waits for. Raises InvalidInput, InvalidState when
    several instances wait and nothing tells them apart, Conflict when the one that
    waited has just gone on.
    """
    if not message_id or len(message_id) > MAX_ID:
        raise InvalidInput({"message_id": ["required"]})
    if message.business_key is not None:
        checked("business_key", message.business_key, MAX_BUSINESS_KEY)
    known = _received(unit, message_id)
    if known is not None:
        return known
    delivery = deliver(unit, registry, definitions, message)
    if not delivery.delivered:
        # Somebody may have delivered it while this transaction waited for a lock.
        return _received(unit, message_id) or delivery
    insert = sqlite.insert if unit.connection.dialect.name == "sqlite" else postgresql.insert
    remembered = unit.connection.execute(
        insert(received_message)
        .values(
            message_id=message_id,
            name=message.name,
            at=unit.at,
            instance_id=delivery.instance_id,
        )
        .on_conflict_do_nothing()
        .returning(received_message.c.message_id)
    )
    if remembered.first() is None:
        raise InvalidState("The same message is being delivered at this moment.")
    return delivery


def _received(unit: Unit, message_id: str) -> Delivery | None:
    known = unit.connection.execute(
        select(received_message.c.instance_id).where(received_message.c.message_id == message_id)
    ).one_or_none()
    if known is None:
        return None
    return Delivery(delivered=True, instance_id=known.instance_id, duplicate=True)


def deliver(unit: Unit, registry: Registry, definitions: Definitions, message: Message) -> Delivery:
    """Give a message to the one subscription it matches, and start what it starts.

    What is to start is settled first: a case that the message brings to its end
    was active when the message came, and is not followed by another. A retired process
    starts nothing; Retired is raised where a message from outside could do nothing else.
    """
    wanted = _to_start(unit, definitions, message)
    retired = retirements.retired(unit.connection, [each.key for each in wanted]) if wanted else ()
    to_start = [each for each in wanted if each.key not in retired]
    caught = _catch(unit, registry, definitions, message)
    if retired and caught is None and not to_start and not message.thrown:
        raise Retired
    started = [
        instances.start(
            unit,
            registry,
            definition,
            business_key=message.business_key or "",
            variables=start_variables(
                definition, message.name, message.payload, implicit=message.thrown
            ),
            labels=message.labels,
            links=message.links,
            message=message.name,
        ).instance_id
        for definition in to_start
    ]
    reached = [*([] if caught is None else [caught]), *started]
    return Delivery(
        delivered=bool(reached),
        instance_id=reached[0] if reached else None,
        started=tuple(started),
    )


def thrown_message(unit: Unit, instance_id: int, job: Mapping[str, Value]) -> Message:
    """The message of a job, with what its thrower hands on."""
    name, payload = job["name"], job["variables"]
    assert isinstance(name, str)
    assert isinstance(payload, dict)
    thrower = unit.connection.execute(
        select(
            instance.c.business_key,
            instance.c.subject,
            instance.c.org_unit,
            instance.c.counterparty,
        ).where(instance.c.id == instance_id)
    ).one()
    groups = unit.connection.execute(
        select(identity_link.c.group).where(identity_link.c.instance_id == instance_id)
    )
    return Message(
        name,
        payload,
        str(job.get("business_key", thrower.business_key)),
        Labels(thrower.subject, thrower.org_unit, thrower.counterparty),
        tuple(groups.scalars()),
        thrown=True,
    )


def _to_start(unit: Unit, definitions: Definitions, message: Message) -> list[Definition]:
    """The definitions that start an instance.

    Two messages about one business key are settled one after the other, so that
    each sees what the other has started. This lock comes before any instance's.
    """
    named = [
        each
        for each in definitions.all_latest(unit.connection)
        if message.name in each.model.message_starts
    ]
    if not named:
        return []
    if message.business_key is None or not message.business_key.strip():
        raise InvalidInput({"business_key": ["required"]})
    if unit.connection.dialect.name == "postgresql":
        name = f"message start {message.business_key}"
        unit.connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
    active = unit.connection.execute(
        select(definition_table.c.key)
        .join(instance, instance.c.definition_id == definition_table.c.id)
        .where(
            instance.c.business_key == message.business_key,
            instance.c.status == int(InstanceStatus.ACTIVE),
        )
    )
    running = set(active.scalars())
    return [each for each in named if each.key not in running]


def _catch(
    unit: Unit, registry: Registry, definitions: Definitions, message: Message
) -> int | None:
    """Move the one instance that waits for a message; its id, or None."""
    found = _matching(unit, definitions, message)
    if not found:
        return None
    if len(found) > 1:
        raise InvalidState(
            f"Several cases wait for the message '{message.name}': its correlation or a business "
            "key must tell which is meant."
        )
    locked = LockedInstance.load(unit, found[0].instance_id)
    # Read again under the lock: meanwhile the case may have gone on, or moved to a version
    # that calls the element otherwise.
    row = unit.connection.execute(
        select(subscription).where(subscription.c.id == found[0].id)
    ).one_or_none()
    if row is None:
        raise Conflict
    definition = definitions.get(unit.connection, locked.definition_id)
    element = definition.element(row.element)
    locked.record(
        "message_received", unit.actor, element=element.id, payload={"name": message.name}
    )
    values = {
        **message.payload,
        **correlated(definition, element.correlation, message.payload),
    }
    advance(unit, registry, locked, definition, Move("deliver", row.task_no, values))
    locked.save(unit)
    return locked.id


def _matching(unit: Unit, definitions: Definitions, message: Message) -> Sequence[Any]:
    """Up to two subscriptions the message matches, first those whose correlation is known.

    One whose correlation is not known yet matches any message of its business key,
    and from outside any at all: the first one sets it.
    """
    wanted = select(subscription, instance.c.definition_id).join(
        instance, instance.c.id == subscription.c.instance_id
    )
    wanted = wanted.where(subscription.c.message == message.name)
    if message.business_key is not None and not message.thrown:
        wanted = wanted.where(subscription.c.business_key == message.business_key)
    version = instance.c.definition_id
    fitting: dict[int, ColumnElement[bool]] = {}
    new = set(unit.connection.execute(wanted.with_only_columns(version).distinct()).scalars())
    found: Sequence[Any] = ()
    # One statement sees each case in one version; those that have moved to one not asked for
    # are found by it as well, and asked for in the next.
    while new:
        fitting |= {each: _of_version(unit, definitions, message, each) for each in new}
        found = unit.connection.execute(
            wanted.where(or_(version.not_in(fitting), *fitting.values()))
            .order_by(version.in_(fitting), subscription.c.correlation.desc())
            .limit(2)
        ).all()
        new = {row.definition_id for row in found} - fitting.keys()
    exact = [row for row in found if row.correlation]
    return exact or found


def _of_version(
    unit: Unit, definitions: Definitions, message: Message, definition_id: int
) -> ColumnElement[bool]:
    """Whether a subscription of a case of this version is one that the message matches."""
    definition = definitions.get(unit.connection, definition_id)
    known = definition.model.messages.get(message.name)
    values = correlated(definition, known.correlation if known else {}, message.payload)
    return and_(instance.c.definition_id == definition_id, _fits(message, correlation_key(values)))


def _fits(message: Message, key: str) -> ColumnElement[bool]:
    """Whether a subscription's correlation is that of the message, or not known yet."""
    unknown = subscription.c.correlation == ""
    if message.thrown:
        unknown = and_(unknown, subscription.c.business_key == message.business_key)
    return or_(unknown, and_(subscription.c.correlation != "", subscription.c.correlation == key))
