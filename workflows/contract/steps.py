"""What completing each user task of the contract's diagram does.

Each class is registered under the name a diagram writes as ``handler``. All read the
mobility from the process variable ``mobility`` and work on the latest version. What each
takes as data:

====================  ==================================================================
contract.draft        the mapping of :mod:`workflows.contract.drafts`; empty submits what
                      was saved before
contract.check        nothing; outcome ``approve`` or ``return`` (with a reason)
contract.sign_student ``digest`` (of what was shown); outcome ``approve`` or ``return``
contract.sign_sending ``digest``, ``signer_position``; outcome ``approve`` or ``return``
contract.check_admin  the form ``administrative_check``; ``approve`` or ``return``
contract.partner_answer
                      ``digest``, ``signer_name``, ``signer_position``, ``signer_email``;
                      outcome ``approve`` or ``reject`` (the reason is the comment)
contract.review_receiving
                      nothing; outcome ``approve`` or ``reject``: what our department thinks
                      of an agreement that another university has sent
contract.answer_receiving
                      ``digest``, ``signer_position``; outcome ``approve`` or ``reject``
====================  ==================================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from engine.errors import InvalidInput, InvalidState
from engine.texts import unusable
from workflows.contract.models import ContractVersion
from workflows.contract.notices import announce_signed
from workflows.contract.reading import REMARK, latest_version
from workflows.contract.services import next_version, save_draft, submit
from workflows.contract.signing import Signer, add_comment, add_review, sign
from workflows.contract.views import Role, VersionStatus
from workflows.mobility.services import get_mobility, labels_for
from workflows.people.services import get_person, person_id_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine.identity import Actor
    from engine.registry import TaskContext, TaskHandler
    from engine.values import Value

CHECKS = ("insurance", "grant_agreement", "enrolment")
MAX_SIGNER_TEXT = 300
NOTHING: Mapping[str, Value] = {}


class Draft:
    """The student hands in the draft; the structure must be complete."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep what was sent, check it, freeze it."""
        mobility_id = mobility_of(ctx)
        if ctx.data:
            save_draft(ctx.session, mobility_id, ctx.data)
        submit(ctx.session, mobility_id, ctx.now)
        mobility = get_mobility(ctx.session, mobility_id)
        labels = labels_for(ctx.session, mobility)
        if labels != ctx.work_item.labels:
            ctx.unit.relabel(ctx.instance_id, labels)
        return NOTHING


class Check:
    """The coordinator accepts the coherence of the contract, or returns it."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep the answer; returned, the next version begins."""
        if ctx.final:
            only(ctx.data, ())
            _answer_inside(ctx, "check")
        return NOTHING


class SignStudent:
    """The student signs, or takes the contract back to change it."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Sign exactly what was shown."""
        if not ctx.final:
            return NOTHING
        data = only(ctx.data, ("digest",))
        if ctx.outcome == "approve":
            _sign(ctx, Role.STUDENT, student_signer(ctx), data)
        else:
            _answer_inside(ctx, "student")
        return NOTHING


class SignSending:
    """The coordinator signs for the sending institution, or returns the contract."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Sign exactly what was shown, in the position the coordinator gives."""
        if not ctx.final:
            return NOTHING
        data = only(ctx.data, ("digest", "signer_position"))
        if ctx.outcome == "approve":
            signer = Signer(
                name=ctx.actor.name,
                position=data.get("signer_position") or "Coordinateur Erasmus/RI",
                email=email_of(ctx.session, ctx.actor),
                actor=ctx.actor.id,
            )
            _sign(ctx, Role.SENDING, signer, data)
        else:
            _answer_inside(ctx, "sending")
        return NOTHING


class CheckAdmin:
    """RI checks the administrative side: ``boxes`` are the fields of the form it ticks."""

    def __init__(self, boxes: Sequence[str] = CHECKS) -> None:
        self._boxes = boxes

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep the ticked boxes with the answer."""
        if ctx.final:
            checks: dict[str, bool | str] = {
                name: ctx.data.get(name) is True for name in self._boxes
            }
            remark = ctx.data.get("admin_comment")
            if isinstance(remark, str) and remark.strip():
                checks[REMARK] = remark
            _answer_inside(ctx, "admin", checks)
        return NOTHING


class PartnerAnswer:
    """The receiving institution approves, or rejects with a comment."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Sign, or keep the comment and begin the next version.

        An imported document has brought its own signature or comment by then: the
        version bears it already and only the answer remains to be routed.
        """
        if not ctx.final:
            return NOTHING
        data = only(ctx.data, ("digest", "signer_name", "signer_position", "signer_email"))
        version = _current(ctx)
        if ctx.outcome == "approve":
            if not any(s.role == Role.RECEIVING for s in version.signatures):
                _sign(ctx, Role.RECEIVING, partner_signer(ctx, data, mandatory=True), data)
            version.status = VersionStatus.SIGNED.value
            announce_signed(ctx.unit, version.mobility, ctx.instance_id)
        else:
            if not any(not comment.late for comment in version.comments):
                signer = partner_signer(ctx, data, mandatory=False)
                add_comment(ctx.session, version, ctx.reason or "", signer, at=ctx.now)
            next_version(ctx.session, version, now=ctx.now, status=VersionStatus.REJECTED)
        return NOTHING


class ReviewReceiving:
    """As receiving institution: the department says what it thinks; RI answers."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep the opinion with its reason."""
        if ctx.final:
            only(ctx.data, ())
            _answer_inside(ctx, "review")
        return NOTHING


class AnswerReceiving:
    """As receiving institution: RI accepts the agreement, or rejects it with a comment."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Sign, or keep the comment; the sending institution writes the next version.

        An imported document has brought its own signature or comment by then.
        """
        if not ctx.final:
            return NOTHING
        data = only(ctx.data, ("digest", "signer_position"))
        version = _current(ctx)
        signer = Signer(
            name=ctx.actor.name,
            position=data.get("signer_position") or "Service des relations internationales",
            email=email_of(ctx.session, ctx.actor),
            actor=ctx.actor.id,
        )
        if ctx.outcome == "approve":
            if not any(s.role == Role.RECEIVING for s in version.signatures):
                _sign(ctx, Role.RECEIVING, signer, data)
            version.status = VersionStatus.SIGNED.value
            announce_signed(ctx.unit, version.mobility, ctx.instance_id)
        else:
            if not any(not comment.late for comment in version.comments):
                add_comment(ctx.session, version, ctx.reason or "", signer, at=ctx.now)
            version.status = VersionStatus.REJECTED.value
        ctx.session.flush()
        return NOTHING


HANDLERS: Mapping[str, TaskHandler] = {
    "contract.draft": Draft(),
    "contract.check": Check(),
    "contract.sign_student": SignStudent(),
    "contract.sign_sending": SignSending(),
    "contract.check_admin": CheckAdmin(),
    "contract.partner_answer": PartnerAnswer(),
    "contract.review_receiving": ReviewReceiving(),
    "contract.answer_receiving": AnswerReceiving(),
}
"""Task handlers by the name a diagram gives them."""


def mobility_of(ctx: TaskContext) -> int:
    """The mobility a task is about; raises InvalidState where the case names none."""
    value = ctx.variables.get("mobility")
    if not isinstance(value, int):
        raise InvalidState("This case names no mobility.")
    return value


def email_of(session: Session, actor: Actor) -> str | None:
    """The address of the person behind an actor."""
    number = person_id_of(actor)
    return get_person(session, number).email if number is not None else None


def _current(ctx: TaskContext) -> ContractVersion:
    """The latest version, which must be the one being checked and signed."""
    version = latest_version(ctx.session, mobility_of(ctx))
    if version.status != VersionStatus.SUBMITTED:
        raise InvalidState("This version of the contract is not waiting for an answer.")
    return version


def _answer_inside(
    ctx: TaskContext,
    stage: str,
    checks: Mapping[str, bool | str] | None = None,
) -> None:
    version = _current(ctx)
    outcome = ctx.outcome or ""
    add_review(
        ctx.session,
        version,
        stage=stage,
        outcome=outcome,
        reason=ctx.reason,
        actor=ctx.actor,
        now=ctx.now,
        checks=checks,
    )
    if outcome == "return":
        next_version(ctx.session, version, now=ctx.now, status=VersionStatus.RETURNED)


def _sign(ctx: TaskContext, role: Role, signer: Signer, data: Mapping[str, str]) -> None:
    version = _current(ctx)
    sign(ctx.session, version, role, signer, at=ctx.now, seen_digest=data.get("digest"))


def student_signer(ctx: TaskContext) -> Signer:
    """The student; who enters the signature of a student without an account is named."""
    mobility = get_mobility(ctx.session, mobility_of(ctx))
    own = person_id_of(ctx.actor) == mobility.person_id
    return Signer(name=None if own else ctx.actor.name, actor=ctx.actor.id)


def partner_signer(ctx: TaskContext, data: Mapping[str, str], *, mandatory: bool) -> Signer:
    """Who answers for the partner; name and position are mandatory under a signature.

    Without an account nobody is known by the link alone, so the signer says who they are.
    """
    missing = {
        name: ["required"] for name in ("signer_name", "signer_position") if not data.get(name)
    }
    if mandatory and missing:
        raise InvalidInput(missing)
    agreement = get_mobility(ctx.session, mobility_of(ctx)).agreement
    return Signer(
        name=data.get("signer_name"),
        position=data.get("signer_position"),
        email=data.get("signer_email") or agreement.receiving_contact_email,
        actor=ctx.actor.id,
    )


def only(data: Mapping[str, object], names: Iterable[str]) -> dict[str, str]:
    """The texts in ``data`` under ``names``; raises InvalidInput for anything else."""
    errors: dict[str, list[str]] = {}
    texts: dict[str, str] = {}
    known = set(names)
    for name, value in data.items():
        if name not in known:
            errors[name] = ["unknown_field"]
        elif value is None or value == "":
            continue
        elif not isinstance(value, str):
            errors[name] = ["wrong_type"]
        elif len(value) > MAX_SIGNER_TEXT:
            errors[name] = [f"too_long:{MAX_SIGNER_TEXT}"]
        elif unusable(value):
            errors[name] = ["invalid_characters"]
        else:
            texts[name] = value
    if errors:
        raise InvalidInput(errors)
    return texts
