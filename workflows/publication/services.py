"""Publications that a second administrator has to approve: asked for, withdrawn, found again.

The circuit is a process like any other. It is the only one in which process administrators
complete a task; who has asked for a publication does not approve it.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from engine.definitions import names_of
from engine.runtime import drafts, publications
from engine.values import Labels
from workflows.people.services import ADMIN, AUDITOR

if TYPE_CHECKING:
    from engine import Engine, PlannedPublication, Unit

PROCESS = "publication"
WITHDRAWN = "publication_withdrawn"


def ask(
    engine: Engine,
    unit: Unit,
    key: str,
    *,
    note: str,
    revision: int,
    replacing: int,
    at: datetime | None = None,
) -> None:
    """Ask for the publication of a draft, at a time or as soon as it is approved.

    Raises what :meth:`Engine.plan_publication` raises.
    """
    planned = engine.plan_publication(
        key,
        actor=unit.actor,
        note=note,
        revision=revision,
        replacing=replacing,
        at=at,
        ask=True,
        unit=unit,
    )
    draft = drafts.find(unit.connection, key)
    assert draft is not None, "what is planned is a draft"
    names = names_of(draft.bundle)
    engine.start(
        PROCESS,
        actor=unit.actor,
        business_key=business_key(key, planned),
        variables={"process": key, "author": unit.actor.id},
        labels=Labels(names.get("fr") or next(iter(names.values()), key), "", ""),
        links=[ADMIN, AUDITOR],
        unit=unit,
    )


def withdraw(engine: Engine, unit: Unit, planned: PlannedPublication) -> None:
    """Take back what was asked for; raises Conflict where it was decided meanwhile."""
    engine.cancel_publication(planned.key, actor=unit.actor, planned=planned.id, unit=unit)
    engine.correlate(
        WITHDRAWN,
        {},
        message_id=f"{WITHDRAWN}-{planned.id}",
        business_key=business_key(planned.key, planned.id),
        actor=unit.actor,
        unit=unit,
    )


def business_key(key: str, planned: int) -> str:
    """The business key of the case in which a publication is decided."""
    return f"{PROCESS}-{key}-{planned}"


def asked_in(unit: Unit, case: str) -> PlannedPublication | None:
    """What a case is about, by its business key; None where it is asked for no more."""
    key, _, number = case.removeprefix(f"{PROCESS}-").rpartition("-")
    found = publications.find(unit.connection, key)
    return found if found is not None and found.asked and str(found.id) == number else None
