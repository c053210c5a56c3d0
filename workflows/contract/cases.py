"""Moving a running case by what a document says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sqlalchemy import select

from engine.tables import instance, work_item
from engine.values import InstanceStatus, WorkItemStatus
from workflows.contract.models import ContractVersion
from workflows.contract.services import start_case
from workflows.contract.views import Role
from workflows.contract.xml import ImportProblem
from workflows.mobility.models import Mobility

if TYPE_CHECKING:
    from engine import Engine, Unit

PARTNER_STEP = "partner_answer"
MAX_REASON = 4000
SUPERSEDED = "An imported document brought another version of this agreement."


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one agreement of a document."""

    mobility: Mobility
    result: Literal["created", "updated", "unchanged"]
    warnings: tuple[ImportProblem, ...] = ()


def lock_case(unit: Unit, mobility: Mobility) -> None:
    """Keep other commands away from the mobility's case, in the engine's order of locks.

    What another command has just written is read anew.
    """
    if mobility.instance_id is not None:
        unit.connection.execute(
            select(instance.c.id).where(instance.c.id == mobility.instance_id).with_for_update()
        )
        unit.session.refresh(mobility)


def entry_for(version: ContractVersion) -> str:
    """Where the process goes on, given who has signed."""
    signed = {signature.role for signature in version.signatures}
    if Role.STUDENT not in signed:
        return "draft"
    if Role.SENDING not in signed:
        return "sign_sending"
    return "signed" if Role.RECEIVING in signed else "partner"


def partner_item(unit: Unit, mobility: Mobility) -> int | None:
    """The open work item by which the partner answers, if the case is there."""
    row = unit.connection.execute(
        select(work_item.c.id).where(
            work_item.c.instance_id == mobility.instance_id,
            work_item.c.element == PARTNER_STEP,
            work_item.c.status == int(WorkItemStatus.OPEN),
        )
    ).first()
    return None if row is None else int(row.id)


def answer(engine: Engine, unit: Unit, item_id: int, outcome: str, reason: str | None) -> None:
    """Complete the partner's step with what the document brought."""
    engine.complete(
        item_id,
        actor=unit.actor,
        outcome=outcome,
        reason=reason[:MAX_REASON] if reason else None,
        idempotency_key=f"import:{item_id}",
        unit=unit,
    )


def restart(engine: Engine, unit: Unit, mobility: Mobility, version: ContractVersion) -> None:
    """End the running case, if there is one, and begin a new one where ``version`` stands."""
    row = unit.connection.execute(
        select(instance.c.status).where(instance.c.id == mobility.instance_id)
    ).first()
    if row is not None and row.status == int(InstanceStatus.ACTIVE):
        assert mobility.instance_id is not None
        engine.terminate(mobility.instance_id, actor=unit.actor, reason=SUPERSEDED, unit=unit)
    start_case(engine, unit, mobility, entry=entry_for(version))
