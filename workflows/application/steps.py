"""What completing each user task of the application's diagram does.

Each class is registered under the name a diagram writes as ``handler``. What each takes:

===============================  =======================================================
application.apply                the mapping of :mod:`workflows.application.drafts`;
                                 empty submits what was kept before
application.check_admissibility  ``wishes``: a list of ``place`` and ``admitted``, and a
                                 ``remark``; outcome ``admit``, ``return`` or ``refuse``
application.score                ``points`` by criterion, and a ``remark`` (which the
                                 student does not read); ``score`` or ``conflict``
application.appoint              ``reviewers``: ids of the persons who are to score
application.confirm              ``place``, as it was shown; ``confirm`` or ``withdraw``
application.nominate             nothing; ``nominate`` or ``cancel``
application.partner_answer       ``signer_name``, ``signer_position``, ``comment``;
                                 ``approve`` or ``reject`` (the reason is the comment)
application.check_year           nothing; ``passed`` or ``failed``
===============================  =======================================================
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from engine.errors import Conflict, InvalidInput, InvalidState
from workflows.application.conflicts import commission_seats, conflicted, may_review
from workflows.application.fields import Reader
from workflows.application.file_models import Application, Nomination
from workflows.application.letters import (
    cancel_at_partner,
    tell_ended,
    tell_gone,
    tell_refused,
    tell_student,
)
from workflows.application.models import Place, Ranking
from workflows.application.ranking import MAX_REMARK, own_review, read_points, write_review
from workflows.application.results import add_result, leave, locked_ranking, place_of
from workflows.application.services import facts_of, get_application, labels_of, submit
from workflows.application.standing import NewPoints
from workflows.application.views import Status
from workflows.partners.services import institution_name
from workflows.people.services import person_id_of

if TYPE_CHECKING:
    from engine.registry import TaskContext, TaskHandler
    from engine.values import Value

PENDING, APPROVED, REJECTED, CANCELLED = "pending", "approved", "rejected", "cancelled"
"""Where a nomination stands (EWP, omobilities v3)."""

MAX_SIGNER = 200
MAX_REVIEWERS = 10
NOTHING: Mapping[str, Value] = {}


class Apply:
    """The student hands the application in, for the first time or completed."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep what was sent, check it, and ask the rules about it."""
        application = get_application(ctx.session, application_of(ctx).id, lock=True)
        submit(ctx.session, application, ctx.data, ctx.now)
        return facts_of(application)


class CheckAdmissibility:
    """RI admits the file with some of its wishes, has it completed, or refuses it."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep the decision; admitted, the reviewers are found."""
        if not ctx.final:
            return NOTHING
        reader = Reader(ctx.data)
        reader.only({"wishes", "remark"})
        remark = reader.text("remark", longest=MAX_REMARK)
        chosen = _admitted_places(reader)
        reader.checked()
        ranking, application = locked(ctx)
        ranking.revision += 1
        if ctx.outcome == "admit":
            _admit(application, chosen, remark)
            application.status = Status.ADMITTED.value
            add_result(ctx.unit, application, "admissibility", remark=remark or None)
            return commission_seats(ranking, ())
        if ctx.outcome == "return":
            application.status = Status.RETURNED.value
        else:
            application.status = Status.REFUSED.value
            for wish in application.wishes:
                wish.admitted = False
            months = ctx.variables.get("appeal_months")
            tell_refused(ctx.unit, application, ctx.reason or "", months)
        add_result(ctx.unit, application, "admissibility", remark=ctx.reason)
        return NOTHING


def _admitted_places(reader: Reader) -> set[int]:
    chosen: set[int] = set()
    for row in reader.rows("wishes", 10):
        row.only({"place", "admitted"})
        place = row.whole("place", 1, 2**31, required=True)
        if row.truth("admitted") and place is not None:
            chosen.add(place)
        reader.errors.update(row.errors)
    return chosen


def _admit(application: Application, chosen: set[int], remark: str) -> None:
    places = {wish.place_id for wish in application.wishes}
    if not chosen or not chosen <= places:
        raise InvalidInput({"wishes": ["no_wish_admitted" if not chosen else "not_an_option"]})
    against = [wish for wish in application.wishes if wish.place_id in chosen and wish.failed]
    if against and not remark:
        raise InvalidInput({"remark": ["exception_needs_reason"]})
    for wish in application.wishes:
        wish.admitted = wish.place_id in chosen


class Score:
    """A reviewer gives points, or declares a conflict of interest."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep what this reviewer says, whoever else is still asked.

        With the last points asked for the application takes its place in the ranking.
        Raises InvalidInput once the places are given: the ranking they came from stays.
        """
        person = person_id_of(ctx.actor)
        if person is None:
            raise InvalidState("Only a person can score an application.")
        reader = Reader(ctx.data)
        reader.only({"points", "remark"})
        remark = reader.text("remark", longest=MAX_REMARK)
        reader.checked()
        ranking, application = locked(ctx)
        if ranking.allocated_at is not None:
            raise InvalidInput({"_schema": ["already_allocated"]})
        ranking.revision += 1
        if ctx.outcome == "score":
            points = read_points(ctx.data)
            write_review(
                ctx.unit, application, NewPoints(application.id, person, points), remark or None
            )
            if ctx.final:
                application.status = Status.SCORED.value
            return NOTHING
        if not remark:
            raise InvalidInput({"remark": ["required"]})
        review = own_review(ctx.unit, application, person)
        review.conflict, review.remark, review.at = True, remark, ctx.now
        review.points = []
        return NOTHING


class Appoint:
    """RI says who scores where a reviewer had a conflict of interest."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Ask exactly the people named; all of them must answer."""
        ranking, application = locked(ctx)
        allowed = {str(each.id) for each in may_review(ctx.session, application)}
        reader = Reader(ctx.data)
        reader.only({"reviewers"})
        named = reader.listed("reviewers", allowed, MAX_REVIEWERS)
        if not named and not reader.errors:
            reader.refuse("reviewers", "required")
        reader.checked()
        seats = commission_seats(ranking, [int(each) for each in named])
        return {**seats, "conflicts": conflicted(application)}


class Confirm:
    """The student confirms the place, or withdraws."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep the answer about the very place that was shown."""
        if not ctx.final:
            return NOTHING
        reader = Reader(ctx.data)
        reader.only({"place"})
        shown = reader.whole("place", 1, 2**31)
        reader.checked()
        application = locked(ctx)[1]
        place = place_of(ctx.session, application.id)
        if place is None:
            raise Conflict("This application holds no place any more.")
        if shown is not None and shown != place.id:
            raise Conflict("A better choice has become yours since you opened this page.")
        if ctx.outcome == "confirm":
            application.status = Status.CONFIRMED.value
            add_result(ctx.unit, application, "confirmation", place=place.id)
            return {"partner": place.hei_id}
        promoted = leave(ctx.unit, application, Status.WITHDRAWN, "withdrawal", ctx.reason)
        tell_gone(ctx.unit, application, "withdrawal", place, promoted, ctx.reason or "")
        return NOTHING


class Nominate:
    """RI names the student to the partner, or takes the departure back."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep the nomination; the partner is asked next."""
        if not ctx.final:
            return NOTHING
        _nothing_typed(ctx)
        application = locked(ctx)[1]
        place = place_of(ctx.session, application.id)
        if place is None:
            raise Conflict("This application holds no place any more.")
        if ctx.outcome != "nominate":
            end_departure(ctx, application, place, Status.CANCELLED, "cancellation")
            return NOTHING
        application.nomination = Nomination(
            place_id=place.id, status=PENDING, sent_at=ctx.now, sent_by=ctx.actor.id
        )
        application.status = Status.NOMINATED.value
        add_result(ctx.unit, application, "nomination", place=place.id)
        ctx.unit.relabel(ctx.instance_id, labels_of(ctx.session, application, place))
        return NOTHING


class PartnerAnswer:
    """The partner accepts the student, or rejects with a comment."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep who answered what. Whoever answers by the link says who they are."""
        if not ctx.final:
            return NOTHING
        reader = Reader(ctx.data)
        reader.only({"signer_name", "signer_position", "comment"})
        name = reader.text("signer_name", longest=MAX_SIGNER, required=True)
        position = reader.text("signer_position", longest=MAX_SIGNER)
        comment = reader.text("comment", longest=MAX_REMARK)
        reader.checked()
        application = locked(ctx)[1]
        place = place_of(ctx.session, application.id)
        nomination = application.nomination
        if nomination is None or nomination.status != PENDING or place is None:
            raise Conflict("This nomination is not waiting for an answer.")
        nomination.answered_at = ctx.now
        nomination.answered_by = ", ".join(part for part in (name, position) if part)
        if ctx.outcome == "approve":
            nomination.status, nomination.comment = APPROVED, comment or None
            application.status = Status.ACCEPTED.value
            add_result(ctx.unit, application, "partner", place=place.id, remark=comment or None)
            _tell_accepted(ctx, application, place, comment)
        else:
            nomination.status, nomination.comment = REJECTED, ctx.reason
            end_departure(ctx, application, place, Status.DECLINED, "partner")
        return NOTHING


class CheckYear:
    """The coordinator says, after the June board, whether the year is passed."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """A departure that depends on a year not passed ends here."""
        if not ctx.final:
            return NOTHING
        _nothing_typed(ctx)
        application = locked(ctx)[1]
        place = place_of(ctx.session, application.id)
        if ctx.outcome == "passed":
            add_result(ctx.unit, application, "year", place=place.id if place else None)
            return NOTHING
        end_departure(ctx, application, place, Status.YEAR_FAILED, "year")
        return NOTHING


HANDLERS: Mapping[str, TaskHandler] = {
    "application.apply": Apply(),
    "application.check_admissibility": CheckAdmissibility(),
    "application.score": Score(),
    "application.appoint": Appoint(),
    "application.confirm": Confirm(),
    "application.nominate": Nominate(),
    "application.partner_answer": PartnerAnswer(),
    "application.check_year": CheckYear(),
}
"""Task handlers by the name a diagram gives them."""


def application_of(ctx: TaskContext) -> Application:
    """The application a task is about; raises InvalidState where the case names none."""
    number = ctx.variables.get("application")
    if not isinstance(number, int):
        raise InvalidState("This case names no application.")
    return get_application(ctx.session, number)


def locked(ctx: TaskContext) -> tuple[Ranking, Application]:
    """The ranking, then the application: the order in which everybody locks them."""
    application = application_of(ctx)
    ranking = locked_ranking(ctx.session, application.ranking_id)
    return ranking, get_application(ctx.session, application.id, lock=True)


def _nothing_typed(ctx: TaskContext) -> None:
    reader = Reader(ctx.data)
    reader.only(())
    reader.checked()


def end_departure(
    ctx: TaskContext, application: Application, place: Place | None, status: Status, cause: str
) -> None:
    """Take a student who had a place out, tell everybody, and let the next one move up."""
    reason = ctx.reason or ""
    nomination = application.nomination
    if nomination is not None and nomination.status in {PENDING, APPROVED}:
        nomination.status = CANCELLED
        cancel_at_partner(ctx.unit, application, cause)
    promoted: Sequence[Application] = leave(ctx.unit, application, status, cause, reason or None)
    tell_ended(ctx.unit, application, cause, place, reason)
    tell_gone(ctx.unit, application, cause, place, promoted, reason)


def _tell_accepted(ctx: TaskContext, application: Application, place: Place, comment: str) -> None:
    where = institution_name(ctx.session, place.hei_id)
    tell_student(
        ctx.unit,
        application,
        "accepted",
        lambda said: {
            "place": where,
            "comment": said["comment"].format(text=comment) if comment else "",
        },
        news="accepted",
    )
