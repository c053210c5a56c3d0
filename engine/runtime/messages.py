"""Messages: delivered to the one instance that waits for them, once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from engine.errors import ExpressionError, InvalidInput, InvalidState
from engine.registry import Registry
from engine.runtime.advance import Move, advance
from engine.runtime.correlation import correlation_key
from engine.runtime.deployed import Definition, Definitions
from engine.runtime.locked import LockedInstance
from engine.tables import instance, received_message, subscription
from engine.unit import Unit
from engine.values import Delivery, Value

MAX_ID = 200


def correlate(
    unit: Unit,
    registry: Registry,
    definitions: Definitions,
    name: str,
    payload: Mapping[str, Value],
    *,
    message_id: str,
    business_key: str | None,
) -> Delivery:
    """Deliver a message from outside.

    The same ``message_id`` again is answered as a duplicate and changes nothing;
    so does a message nobody waits for. Raises InvalidState when several
    instances wait and nothing tells them apart.
    """
    if not message_id or len(message_id) > MAX_ID:
        raise InvalidInput({"message_id": ["required"]})
    known = unit.connection.execute(
        select(received_message).where(received_message.c.message_id == message_id)
    ).one_or_none()
    if known is not None:
        return Delivery(delivered=True, instance_id=known.instance_id, duplicate=True)
    delivery = deliver(
        unit,
        registry,
        definitions,
        name,
        payload,
        business_key=business_key,
    )
    if not delivery.delivered:
        return delivery
    insert = sqlite.insert if unit.connection.dialect.name == "sqlite" else postgresql.insert
    remembered = unit.connection.execute(
        insert(received_message)
        .values(message_id=message_id, name=name, at=unit.at, instance_id=delivery.instance_id)
        .on_conflict_do_nothing()
        .returning(received_message.c.message_id)
    )
    if remembered.first() is None:
        raise InvalidState("The same message is being delivered at this moment.")
    return delivery


def deliver(
    unit: Unit,
    registry: Registry,
    definitions: Definitions,
    name: str,
    payload: Mapping[str, Value],
    *,
    business_key: str | None,
) -> Delivery:
    """Give a message to the one subscription it matches."""
    found = _matching(unit, definitions, name, payload, business_key)
    if not found:
        return Delivery(delivered=False)
    if len(found) > 1:
        raise InvalidState(
            f"Several cases wait for the message '{name}': its correlation or a business "
            "key must tell which is meant."
        )
    row = found[0]
    locked = LockedInstance.load(unit, row.instance_id)
    definition = definitions.get(unit.connection, locked.definition_id)
    element = definition.element(row.element)
    locked.record("message_received", unit.actor, element=element.id, payload={"name": name})
    values = {**payload, **_correlated(definition, element.correlation, payload)}
    advance(unit, registry, locked, definition, Move("deliver", row.task_no, values))
    locked.save(unit)
    return Delivery(delivered=True, instance_id=locked.id)


def _correlated(
    definition: Definition, paths: Mapping[str, str], payload: Mapping[str, Value]
) -> dict[str, Value]:
    """The correlation values a payload carries; raises InvalidInput if one is missing."""
    if not paths:
        return {}
    try:
        values = definition.evaluate(list(paths.values()), payload)
    except ExpressionError as error:
        raise InvalidInput({"payload": ["no_correlation"]}, error.detail) from error
    return dict(zip(paths, values, strict=True))


def _matching(
    unit: Unit,
    definitions: Definitions,
    name: str,
    payload: Mapping[str, Value],
    business_key: str | None,
) -> list[Any]:
    """Up to two subscriptions the message matches.

    One whose correlation is not known yet matches any message: the first one sets it.
    """
    wanted = select(subscription, instance.c.definition_id).join(
        instance, instance.c.id == subscription.c.instance_id
    )
    wanted = wanted.where(subscription.c.message == name)
    if business_key is not None:
        wanted = wanted.where(subscription.c.business_key == business_key)
    found: list[Any] = []
    versions = unit.connection.execute(
        wanted.with_only_columns(instance.c.definition_id).distinct()
    )
    for version in versions.all():
        definition = definitions.get(unit.connection, version.definition_id)
        message = definition.model.messages.get(name)
        values = _correlated(definition, message.correlation if message else {}, payload)
        of_version = wanted.where(
            instance.c.definition_id == definition.id,
            subscription.c.correlation.in_(["", correlation_key(values)]),
        )
        found += unit.connection.execute(of_version.limit(2)).all()
    exact = [row for row in found if row.correlation]
    return exact or found
