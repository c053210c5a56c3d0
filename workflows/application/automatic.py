"""What the application's diagram has done without anybody: its services.

All of them work in the half that commits with the move of the case, under the ranking's
lock: what they read is still true when the case waits for what comes next.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import InvalidState
from engine.tables import work_item
from workflows.application.file_models import Application
from workflows.application.letters import tell_gone, tell_result, tell_student
from workflows.application.models import OUTSIDE
from workflows.application.results import add_result, leave, locked_ranking, place_of
from workflows.application.services import (
    get_application,
    labels_of,
    record_eligibility,
    save_draft,
)
from workflows.application.views import Status
from workflows.contract.services import prepare_contract
from workflows.mobility.agreement import Agreement
from workflows.partners.services import institution_name
from workflows.validation_plan.services import prepare_plan

if TYPE_CHECKING:
    from engine.registry import Job, JobContext, Service
    from engine.values import Value
    from workflows.application.models import Place
    from workflows.office import Office


class _Automatic:
    """A service that touches nothing outside: all its work is in the transaction."""

    parameters: frozenset[str] = frozenset()

    def perform(self, job: Job) -> Value:
        """Nothing; what is to be done is done in one transaction with the case's move."""
        return None

    def _application(self, ctx: JobContext) -> Application:
        """The case's application, kept from whoever settles its ranking."""
        number = ctx.job.variables.get("application")
        if not isinstance(number, int):
            raise InvalidState("This case names no application.")
        locked_ranking(ctx.session, get_application(ctx.session, number).ranking_id)
        return get_application(ctx.session, number, lock=True)


class CheckClosing(_Automatic):
    """The closing date has come: whether the campaign has been extended meanwhile.

    Sets ``still_taken``, and ``closes_at`` anew.
    """

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """A file not submitted in time ends here; else its draft goes on to the next task."""
        application = self._application(ctx)
        campaign = application.campaign
        if campaign.open_at(ctx.now):
            _carry_draft_over(ctx.session, application, ctx.job.instance_id)
            return {"still_taken": True, "closes_at": campaign.closes_at.isoformat()}
        application.status = Status.MISSED.value
        add_result(ctx.unit, application, "missed")
        tell_student(ctx.unit, application, "missed", lambda _: {}, news="missed")
        return {"still_taken": False}


def _carry_draft_over(session: Session, application: Application, instance_id: int | None) -> None:
    """Keep what the student had typed in the task that the closing date has taken away."""
    draft = session.execute(
        select(work_item.c.draft)
        .where(work_item.c.instance_id == instance_id, work_item.c.draft.is_not(None))
        .order_by(work_item.c.id.desc())
        .limit(1)
    ).scalar()
    if draft:
        save_draft(session, application, orjson.loads(draft))


class RecordEligibility(_Automatic):
    """Keeps which rules each wish does not meet (parameter ``failed``)."""

    parameters = frozenset({"failed"})

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Write it beside the wishes."""
        record_eligibility(self._application(ctx), ctx.job.payload.get("failed"))
        return {}


class TakeResult(_Automatic):
    """Reads the application's result and tells it; sets ``result`` and ``partner``.

    With ``reserve_over`` whoever is still waiting is not placed any more.
    """

    parameters = frozenset({"reserve_over"})

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """What is true now: another message may have overtaken the one that led here."""
        application = self._application(ctx)
        if application.status == Status.RESERVE and ctx.job.payload.get("reserve_over") is True:
            reasons = json.loads(application.results[-1].reasons)
            leave(ctx.unit, application, Status.REJECTED, "reserve_over", reasons=reasons)
        if application.status not in {Status.SELECTED, Status.RESERVE, Status.REJECTED}:
            raise InvalidState("This application has no result of an allocation.")
        tell_result(ctx.unit, application, ctx.job.variables.get("appeal_months"))
        place = place_of(ctx.session, application.id)
        if place is not None:
            assert ctx.job.instance_id is not None
            ctx.unit.relabel(ctx.job.instance_id, labels_of(ctx.session, application, place))
        return {"result": application.status, "partner": place.hei_id if place else ""}


class Lapse(_Automatic):
    """The student has not confirmed in time: the place goes to the next."""

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Free the place and tell everybody."""
        application = self._application(ctx)
        place = place_of(ctx.session, application.id)
        promoted = leave(ctx.unit, application, Status.LAPSED, "lapse")
        where = "–" if place is None else institution_name(ctx.session, place.hei_id)
        tell_student(ctx.unit, application, "lapsed", lambda _: {"place": where}, news="lapsed")
        tell_gone(ctx.unit, application, "lapse", place, promoted)
        return {}


class OpenMobility(_Automatic):
    """The partner has accepted: opens the mobility with its contract or validation plan.

    Sets ``mobility``, ``partner`` and ``entry``, which the message that follows carries, and
    ``programme``, which decides whom it goes to: the contract, or outside Erasmus the
    validation plan (P5).
    """

    def __init__(self, office: Office) -> None:
        self._home = office.home_hei_id

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Write the rows; their case is started by the message that follows."""
        application = self._application(ctx)
        place = place_of(ctx.session, application.id)
        nomination = application.nomination
        if place is None or nomination is None:
            raise InvalidState("This application holds no place.")
        prepare = prepare_plan if place.programme == OUTSIDE else prepare_contract
        mobility = prepare(
            ctx.unit,
            student=application.person,
            department=application.ranking.department,
            receiving_hei_id=place.hei_id,
            academic_year=application.campaign.academic_year,
            home_hei_id=self._home,
            agreement=_known(application, place),
        )
        nomination.mobility_id = mobility.id
        application.status = Status.PLACED.value
        add_result(ctx.unit, application, "mobility", place=place.id)
        return {
            "mobility": mobility.id,
            "partner": place.hei_id,
            "entry": "draft",
            "programme": place.programme,
        }


def _known(application: Application, place: Place) -> Agreement:
    """What the application tells of the agreement to come."""
    levels = {each.language: each.cefr for each in application.languages}
    return Agreement(
        eqf_level_studied_at_departure=str(application.eqf_level or ""),
        isced_f_code=application.isced_f,
        language=place.language,
        cefr_level=levels.get(place.language),
    )


def services(office: Office) -> Mapping[str, Service]:
    """The services by the name a diagram gives them."""
    return {
        "application.check_closing": CheckClosing(),
        "application.record_eligibility": RecordEligibility(),
        "application.take_result": TakeResult(),
        "application.lapse": Lapse(),
        "application.open_mobility": OpenMobility(office),
    }
