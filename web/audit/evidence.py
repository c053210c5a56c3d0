"""The sealed evidence of a case, for an auditor to take away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from flask import Blueprint, Response, g
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime

from engine import HistoryEvent, Instance
from engine.history.evidence import MEDIA_TYPE
from engine.history.keys import KeyRing
from web import current, words
from web.display import person_name, remember_names
from web.i18n import language, translated
from web.pages.diagrams import names_told
from workflows.evidence.files import Told, documents_of, events_of, evidence_files, readable
from workflows.partners.services import institution_name

pages = Blueprint("evidence", __name__)

MINUTE = "d MMM y, HH:mm"


@pages.post("/cases/<id:instance_id>/evidence")
def export(instance_id: int) -> ResponseReturnValue:
    """The bundle, its readable part in the language of the page."""
    engine, settings, actor = current.engine(), current.settings(), current.actor()
    case = cast("Instance", g.instance)
    events = events_of(engine, instance_id, actor)
    with current.reading() as rows:
        files = evidence_files(rows, case, events, actor)
        documents = documents_of(rows, case)
        issuer = institution_name(rows, settings.home_hei)
    now = engine.clock.now()
    about = {
        "issuer": issuer,
        "process": translated(case.process_names),
        "subject": case.labels.subject or case.business_key,
        "number": str(case.id),
        "made_at": format_datetime(now, MINUTE),
        "made_by": current.signed_in().name,
        "demonstration": settings.demo,
    }
    pdf = readable(about, _told(case, events), documents, language=language(), at=now)
    bundle = engine.export_evidence(
        instance_id,
        actor=actor,
        keys=KeyRing(settings.anchor_keys_dir),
        issuer=settings.home_hei,
        files={**files, "case.pdf": pdf},
    )
    answer = Response(bundle, mimetype=MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f"attachment; filename=evidence-{instance_id}.zip"
    return answer


def _told(case: Instance, events: Sequence[HistoryEvent]) -> list[Told]:
    """The events in words; of a case whose content was erased without names."""
    name_of = person_name if case.erased_at is None else _number
    remember_names(each for event in events for each in (event.actor, event.on_behalf_of))
    elements = names_told(case, events)
    return [
        Told(
            seq=event.seq,
            at=format_datetime(event.at, MINUTE),
            what=" – ".join(
                filter(
                    None,
                    (
                        words.event_words(event.kind, event.payload),
                        elements.get(event.element or ""),
                    ),
                )
            ),
            reason=str((event.payload or {}).get("reason") or ""),
            who=name_of(event.actor),
            on_behalf_of=name_of(event.on_behalf_of),
        )
        for event in events
    ]


def _number(actor_id: str | None) -> str:
    return actor_id or ""
