"""Mails about publications of processes that did not happen at their time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from babel.dates import format_date, format_time
from sqlalchemy import func, select

from engine.definitions import names_of
from engine.runtime import drafts
from engine.tables import definition
from workflows.notices.news import (
    COMMON,
    LOCALE_OF_DAYS,
    compose,
    queue,
    recipients,
    spoken,
    word,
)
from workflows.notices.rows import said
from workflows.office_work.local_time import ZONE
from workflows.people.services import get_person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine.registry import Job, JobContext
    from engine.values import Value
    from workflows.office import Office

PUBLICATION_REFUSED = "office.publication_refused"


class PublicationRefused:
    """The job kind ``office.publication_refused``: the author hears why, the draft is kept."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def perform(self, job: Job) -> Value:
        """The mail to the author; none where no person with an account set the time."""
        kind, _, number = str(job.payload["author"]).partition(":")
        if kind != "person":
            return []
        key, reason = str(job.payload["key"]), str(job.payload["reason"])
        with job.session() as session:
            to = recipients([get_person(session, int(number))])
            names = _names(session, job, key)
        at = datetime.fromisoformat(str(job.payload["at"])).astimezone(ZONE)
        mails: list[Value] = []
        for each in to:
            language = spoken(each.language)
            locale = LOCALE_OF_DAYS.get(language, language)
            moment = (format_date(at, "long", locale), format_time(at, "short", locale=locale))
            values = {
                "process": said(names, language),
                "at": ", ".join(moment),
                "reason": word(f"publication_{reason}", language),
                "link": f"{self._office.base_url}/processes/{key}/draft",
            }
            news = f"publication-refused-{job.id}"
            mails.append(asdict(compose(COMMON, "publication_refused", each, news, values)))
        return mails

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Queue the mail."""
        return queue(ctx, result)


def _names(session: Session, job: Job, key: str) -> Mapping[str, str]:
    """What a process is called: by its newest version, before the first by its draft."""
    newest = session.scalar(select(func.max(definition.c.id)).where(definition.c.key == key))
    if newest is not None:
        return job.definition(newest).model.names
    draft = drafts.find(session.connection(), key)
    return names_of(draft.bundle) if draft else {"fr": key}
