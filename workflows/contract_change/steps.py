"""What completing each user task of the diagram of changes does.

The signatures are those of the contract (:mod:`workflows.contract.steps`); a change adds
who admits a late request, what is proposed, and what follows once all have signed.
What each takes as data:

==============================  ========================================================
contract_change.admit           ``admission``, why it is admitted; ``approve`` or ``reject``
contract_change.decide_limit    nothing; ``prolong`` or ``lapse``, both with a reason
contract_change.propose         the mapping of :mod:`workflows.contract_change.proposals`
contract_change.sign_student    as ``contract.sign_student``
contract_change.sign_sending    as ``contract.sign_sending``
contract_change.check_admin     the form ``change_check``; ``approve`` or ``return``
contract_change.partner_answer  as ``contract.partner_answer``
==============================  ========================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.errors import InvalidInput, InvalidState
from engine.schedule import parse_duration
from engine.texts import checked
from workflows.contract.components import row_of
from workflows.contract.models import ContractVersion
from workflows.contract.reading import effective_components, latest_version, version_in_force
from workflows.contract.services import add_version
from workflows.contract.steps import (
    CheckAdmin,
    PartnerAnswer,
    SignSending,
    SignStudent,
    mobility_of,
)
from workflows.contract.views import CHANGE, VersionStatus
from workflows.contract_change.news import tell_lapsed, tell_prolonged, tell_refused
from workflows.contract_change.proposals import EXTENSION, Base, Proposal, read_proposal
from workflows.contract_change.services import (
    LAPSED,
    MAX_REASON,
    REFUSED,
    SIGNED,
    close,
    drop_proposal,
    limit_of,
    request_of,
)
from workflows.mobility.agreement import Agreement, stay
from workflows.mobility.models import Mobility
from workflows.mobility.services import get_mobility
from workflows.mobility.stays import tell_changed
from workflows.office_work.local_time import ZONE

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine import Unit
    from engine.registry import TaskContext, TaskHandler
    from engine.values import Value
    from workflows.contract_change.models import ChangeRequest

CHANGE_CHECKS = ("dates_covered", "grant_recalculated", "home_registration")
NOTHING: Mapping[str, Value] = {}


class Admit:
    """The coordinator admits a late request as an exception, or refuses it."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep the reason either way; refused, the request is closed and the asker told."""
        if not ctx.final:
            return NOTHING
        foreign = sorted(str(name) for name in ctx.data if name != "admission")
        if foreign:
            raise InvalidInput({name: ["unknown_field"] for name in foreign})
        request = request_of(ctx.session, ctx.instance_id)
        request.admitted_by = ctx.actor.name
        if ctx.outcome == "approve":
            request.admission = _admission(ctx.data)
            return _begin_to_agree(ctx, request)
        request.admission = ctx.reason
        close(request, REFUSED, ctx.now, ctx.reason)
        tell_refused(ctx.unit, request)
        return NOTHING


class DecideLimit:
    """Not everybody has agreed within the limit: RI prolongs it, or lets the change lapse."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep the reason and tell student and coordinators either way."""
        if not ctx.final:
            return NOTHING
        if ctx.data:
            raise InvalidInput({str(name): ["unknown_field"] for name in ctx.data})
        request = request_of(ctx.session, ctx.instance_id)
        if ctx.outcome == "prolong":
            request.prolonged = ctx.reason
            variables = _begin_to_agree(ctx, request)
            tell_prolonged(ctx.unit, request)
            return variables
        close(request, LAPSED, ctx.now, ctx.reason)
        drop_proposal(ctx.session, request.mobility_id)
        tell_lapsed(ctx.unit, request)
        return NOTHING


class WithinLimit:
    """A step by which somebody agrees; after the limit only what does not agree is taken.

    All parties agree within two weeks of the request (brief, P4), or as long as RI says.
    """

    def __init__(self, step: TaskHandler) -> None:
        self._step = step

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """As the step itself; raises InvalidInput once the limit is past."""
        limit = request_of(ctx.session, ctx.instance_id).agree_by
        agrees = ctx.outcome in {None, "approve"}
        if agrees and limit is not None and ctx.now >= limit:
            raise InvalidInput({"_schema": ["agreement_limit_passed"]})
        return self._step.complete(ctx)


class Propose:
    """The change is written and handed to who signs it."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Check the change, keep it as a version of its own, freeze it."""
        mobility = get_mobility(ctx.session, mobility_of(ctx))
        request = request_of(ctx.session, ctx.instance_id)
        base = version_in_force(ctx.session, mobility.id)
        if base is None:
            raise InvalidState("There is no signed contract to change.")
        proposal = read_proposal(ctx.data, base_of(base, mobility), about=request.about)
        version = _draft(ctx, mobility, base)
        _write(ctx.session, version, proposal)
        version.status = VersionStatus.SUBMITTED.value
        version.submitted_at = ctx.now
        ctx.session.flush()
        return NOTHING


class ChangePartnerAnswer(PartnerAnswer):
    """The receiving institution approves the change, or rejects it with a comment."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """As for the contract; approved, the change is in force and its request closed."""
        mobility_id = mobility_of(ctx)
        version = latest_version(ctx.session, mobility_id)
        variables = super().complete(ctx)
        if ctx.final and ctx.outcome == "approve":
            request = request_of(ctx.session, ctx.instance_id)
            if request.about == EXTENSION:
                _put_in_force(ctx.unit, get_mobility(ctx.session, mobility_id), version)
            close(request, SIGNED, ctx.now)
        return variables


HANDLERS: Mapping[str, TaskHandler] = {
    "contract_change.admit": Admit(),
    "contract_change.decide_limit": DecideLimit(),
    "contract_change.propose": WithinLimit(Propose()),
    "contract_change.sign_student": WithinLimit(SignStudent()),
    "contract_change.sign_sending": WithinLimit(SignSending()),
    "contract_change.check_admin": WithinLimit(CheckAdmin(CHANGE_CHECKS)),
    "contract_change.partner_answer": WithinLimit(ChangePartnerAnswer()),
}
"""Task handlers by the name a diagram gives them."""


def _begin_to_agree(ctx: TaskContext, request: ChangeRequest) -> Mapping[str, Value]:
    """The time to agree counts from now on."""
    within = parse_duration(str(ctx.variables["agree_within"]))
    request.agree_by = within.after(ctx.now, ZONE)
    return {"agree_by": limit_of(request.agree_by)}


def _admission(data: Mapping[str, object]) -> str:
    """Why an exception is made; an exception without a reason is none."""
    given = data.get("admission")
    if not isinstance(given, str) or not given.strip():
        raise InvalidInput({"admission": ["required"]})
    return checked("admission", given, MAX_REASON)


def base_of(version: ContractVersion, mobility: Mobility) -> Base:
    """What a change to ``version`` starts from, its fields as corrected since."""
    return Base(tuple(effective_components(version)), mobility.agreement, mobility.mobility_type)


def _draft(ctx: TaskContext, mobility: Mobility, base: ContractVersion) -> ContractVersion:
    """The draft that a refusal has left, else a new one."""
    latest = latest_version(ctx.session, mobility.id, lock=True)
    if latest.kind == CHANGE and latest.status == VersionStatus.DRAFT:
        latest.base = base
        return latest
    return add_version(ctx.session, mobility, rows=(), now=ctx.now, kind=CHANGE, base=base)


def _write(session: Session, version: ContractVersion, proposal: Proposal) -> None:
    version.agreement = proposal.agreement.to_json()
    version.components = []
    session.flush()
    positions: dict[str, int] = {}
    for row in proposal.rows:
        number = positions.get(row.part, 0)
        positions[row.part] = number + 1
        version.components.append(row_of(row, number))
    session.flush()


def _put_in_force(unit: Unit, mobility: Mobility, version: ContractVersion) -> None:
    """The stay lasts as long as the extension says; nothing else of it has changed."""
    after = Agreement.from_json(version.agreement)
    mobility.agreement = replace(
        mobility.agreement, end_date=after.end_date, end_year_month=after.end_year_month
    )
    _, last = stay(mobility.agreement)
    if last is not None:
        tell_changed(unit, mobility.id, last)
