"""Cases in which somebody decided otherwise than the tables proposed, as the lifecycles keep it.

Each is a select of instance ids, read along an index of just these rows.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select, text

from engine.tables import definition, instance
from workflows.application.file_models import Application, Wish
from workflows.grant.models import Grant
from workflows.recognition.models import PartnerTranscript, Recognition, ResultLine
from workflows.scenarios.models import PublishedDespite


def grades_changed() -> Select[Any]:
    """Recognitions with a grade that is not the one the conversion proposed (brief, P9)."""
    return (
        select(Recognition.instance_id)
        .join(PartnerTranscript, PartnerTranscript.recognition_id == Recognition.id)
        .join(ResultLine, ResultLine.transcript_id == PartnerTranscript.id)
        .where(text("(recognition_line.coordinator_set OR recognition_line.jury_set)"))
    )


def verdicts_changed() -> Select[Any]:
    """Recognitions with another verdict than the department's rule gives (brief, P9)."""
    changed = text("recognition.verdict <> recognition.verdict_by_rule")
    return select(Recognition.instance_id).where(changed)


def grants_by_exception() -> Select[Any]:
    """Grants that were awarded although a rule of eligibility is not met (brief, P10)."""
    return select(Grant.instance_id).where(
        text("mobility_grant.exception <> ''"), Grant.instance_id.is_not(None)
    )


def applications_by_exception() -> Select[Any]:
    """Applications with a wish that was admitted although it fails a rule (brief, P1)."""
    return (
        select(Application.instance_id)
        .join(Wish, Wish.application_id == Application.id)
        .where(
            text("application_wish.admitted AND application_wish.failed <> ''"),
            Application.instance_id.is_not(None),
        )
    )


def under_forced_versions() -> Select[Any]:
    """Cases that follow a version which was published although scenarios had failed."""
    forced = (
        select(definition.c.id)
        .join(
            PublishedDespite,
            (PublishedDespite.key == definition.c.key)
            & (PublishedDespite.digest == definition.c.digest),
        )
        .where(PublishedDespite.failed != "[]", PublishedDespite.at <= definition.c.deployed_at)
    )
    return select(instance.c.id).where(instance.c.definition_id.in_(forced))
