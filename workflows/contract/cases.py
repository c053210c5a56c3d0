"""Moving a running case by what a document says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sqlalchemy import select

from engine.tables import definition, instance, work_item
from engine.values import InstanceStatus, WorkItemStatus
from workflows.contract.models import ContractVersion
from workflows.contract.services import start_case
from workflows.contract.views import Role
from workflows.contract.xml import ImportProblem
from workflows.mobility.models import Mobility

if TYPE_CHECKING:
    from engine import Engine, Unit

ANSWERS = ("partner_answer", "answer_receiving")
"""The user tasks by which a receiving institution answers: the partner's, and our own."""

PROCESSES = ("contract", "contract_change")
"""The processes in which a version of a contract is signed."""

RECEIVED = "agreement_received"
"""The message that moves a case on which waits for the sending institution."""

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


def entry_for(version: ContractVersion, *, receives: bool) -> str:
    """Where the process goes on, given who has signed.

    Where our university ``receives``, what the sending one has still to do is awaited.
    """
    signed = {signature.role for signature in version.signatures}
    if receives and Role.RECEIVING not in signed:
        return "review" if {Role.STUDENT, Role.SENDING} <= signed else "awaited"
    if Role.STUDENT not in signed:
        return "draft"
    if Role.SENDING not in signed:
        return "sign_sending"
    return "signed" if Role.RECEIVING in signed else "partner"


def partner_item(unit: Unit, mobility: Mobility) -> int | None:
    """The open work item by which the receiving institution answers, if a case is there."""
    row = unit.connection.execute(
        select(work_item.c.id).where(
            work_item.c.instance_id.in_(running_cases(unit, mobility)),
            work_item.c.element.in_(ANSWERS),
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


def go_on(
    engine: Engine, unit: Unit, mobility: Mobility, version: ContractVersion, *, receives: bool
) -> None:
    """Let the case go on where ``version`` stands.

    A case that waits for the sending institution hears of it; any other running one is
    ended, and a new one begun.
    """
    entry = entry_for(version, receives=receives)
    delivery = engine.correlate(
        RECEIVED,
        {"entry": entry},
        message_id=f"{RECEIVED}-{version.id}-{len(version.signatures)}",
        business_key=str(mobility.id),
        actor=unit.actor,
        unit=unit,
    )
    if delivery.delivered:
        return
    for instance_id in running_cases(unit, mobility):
        engine.terminate(instance_id, actor=unit.actor, reason=SUPERSEDED, unit=unit)
    direction = "incoming" if receives else "outgoing"
    start_case(engine, unit, mobility, entry=entry, direction=direction)


def running_cases(
    unit: Unit, mobility: Mobility, processes: Sequence[str] = PROCESSES
) -> list[int]:
    """The running cases in which what the mobility rests on is written or changed."""
    rows = unit.connection.execute(
        select(instance.c.id)
        .join(definition, definition.c.id == instance.c.definition_id)
        .where(
            instance.c.business_key == str(mobility.id),
            instance.c.status == int(InstanceStatus.ACTIVE),
            definition.c.key.in_(processes),
        )
        .order_by(instance.c.id)
    )
    return list(rows.scalars())
