"""Which cases have been kept long enough."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    and_,
    case,
    exists,
    false,
    func,
    or_,
    select,
)

from engine.tables import definition, instance, legal_hold, metadata
from engine.tables.types import from_micros, to_micros
from engine.values import InstanceStatus
from workflows.application.steps import APPROVED
from workflows.retention.holdings import FILES
from workflows.retention.rules import Rule

APPLICATION, REJECTED = "application", "rejected_application"
_HELD = exists().where(legal_hold.c.instance_id == instance.c.id, legal_hold.c.lifted_at.is_(None))


@dataclass(frozen=True, slots=True)
class Due:
    """A case whose rule says that it goes; ``held`` where a legal hold keeps it."""

    instance_id: int
    process: str
    kind: str
    business_key: str
    subject: str
    ended_at: datetime
    held: bool


def due_cases(
    connection: Connection,
    rules: Mapping[str, Rule],
    now: datetime,
    *,
    before: int | None = None,
    limit: int,
    held: bool = False,
) -> list[Due]:
    """Cases that are due, the youngest first: those ``before`` one, if it is given.

    Those that a legal hold keeps only if ``held`` ones are asked for too.
    """
    statement = (
        select(
            instance.c.id,
            definition.c.key,
            _kind(instance).label("kind"),
            instance.c.business_key,
            instance.c.subject,
            instance.c.ended_at,
            _HELD.label("held"),
        )
        .join(definition, definition.c.id == instance.c.definition_id)
        .where(*_past(rules, now), *([] if held else [~_HELD]))
        .order_by(instance.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(instance.c.id < before)
    return [
        Due(row[0], row[1], row[2], row[3], row[4], from_micros(row[5]), bool(row[6]))
        for row in connection.execute(statement)
    ]


def due_counts(connection: Connection, rules: Mapping[str, Rule], now: datetime) -> dict[str, int]:
    """How many cases are due, by the kind of their file; held ones are left out."""
    kind = _kind(instance).label("kind")
    statement = (
        select(kind, func.count())
        .select_from(instance)
        .join(definition, definition.c.id == instance.c.definition_id)
        .where(*_past(rules, now), ~_HELD)
        .group_by(kind)
    )
    return {row[0]: row[1] for row in connection.execute(statement)}


def _past(rules: Mapping[str, Rule], now: datetime) -> list[ColumnElement[bool]]:
    keys = [key for key, file in FILES.items() if file.foundation]
    return [
        instance.c.erased_at.is_(None),
        definition.c.key.in_(FILES),
        _over(instance, definition, rules, now),
        or_(definition.c.key.not_in(keys), ~_rested_on(rules, now)),
    ]


def _over(
    cases: FromClause, versions: FromClause, rules: Mapping[str, Rule], now: datetime
) -> ColumnElement[bool]:
    """That a case has ended and its time is over, under one of the rules."""
    own = cases.c
    ways: list[ColumnElement[bool]] = [false()]
    for kind, rule in rules.items():
        old = own.ended_at <= to_micros(rule.cutoff(now))
        keys = [key for key, file in FILES.items() if file.kind == kind and key != APPLICATION]
        ways.append(and_(versions.c.key.in_(keys), old))
        if kind in (APPLICATION, REJECTED):
            led_on = _led_on(cases) if kind == APPLICATION else ~_led_on(cases)
            ways.append(and_(versions.c.key == APPLICATION, led_on, old))
    return and_(own.status != int(InstanceStatus.ACTIVE), own.ended_at.is_not(None), or_(*ways))


def _rested_on(rules: Mapping[str, Rule], now: datetime) -> ColumnElement[bool]:
    """That another case of the mobility still needs what this one has laid down."""
    other, version = instance.alias("other"), definition.alias("version")
    laid_down = version.c.key.in_([key for key, file in FILES.items() if file.foundation])
    return exists(
        select(other.c.id)
        .join(version, version.c.id == other.c.definition_id)
        .where(
            other.c.business_key == instance.c.business_key,
            other.c.id != instance.c.id,
            other.c.erased_at.is_(None),
            version.c.key.in_(FILES),
            or_(~laid_down, ~_over(other, version, rules, now)),
        )
    )


def _kind(cases: FromClause) -> ColumnElement[str]:
    whens = [
        (definition.c.key == key, file.kind) for key, file in FILES.items() if key != APPLICATION
    ]
    return case(*whens, (_led_on(cases), APPLICATION), else_=REJECTED)


def _led_on(cases: FromClause) -> ColumnElement[bool]:
    """That the partner took the candidate and nobody has withdrawn since."""
    application, nomination = metadata.tables["application"], metadata.tables["nomination"]
    return exists(
        select(application.c.id)
        .join(nomination, nomination.c.application_id == application.c.id)
        .where(application.c.instance_id == cases.c.id, nomination.c.status == APPROVED)
    )
