"""All that is held of one student as one archive: to be read, and for programs (GDPR, art. 15)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask import render_template

from engine.identity import Actor
from engine.runtime.access import sees_instance
from engine.runtime.locked import LockedInstance
from web import current
from web.display import remember_names
from web.i18n import language
from workflows.retention.collecting import (
    Held,
    Rows,
    Subject,
    content_of,
    documents_of,
    dumped,
    events_of_case,
    file_name_of,
    rows_of_case,
    rows_of_person,
)
from workflows.retention.holdings import FILES

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from workflows.papers.models import Document

MEDIA_TYPE = "application/zip"

_MOMENT = (1980, 1, 1, 0, 0, 0)


def all_about(subject: Subject, *, seen_by: Actor | None = None) -> bytes:
    """The archive; that it was handed out is an event of every case in it.

    With ``seen_by``, cases that this actor may not see are left out.
    """
    engine, by = current.engine(), current.actor()
    with current.reading() as rows:
        connection = rows.connection()
        cases = tuple(
            each
            for each in subject.cases
            if seen_by is None or sees_instance(connection, seen_by, each.id)
        )
    for each in cases:
        with engine.unit(by) as unit:
            locked = LockedInstance.load(unit, each.id)
            locked.record("access_exported", by)
            locked.save(unit)
    with current.reading() as rows:
        connection = rows.connection()
        about = rows_of_person(connection, subject)
        files = [_file(connection, each) for each in cases]
        papers = documents_of(rows, cases)
        listed = [(file_name_of(each), each) for each in papers]
        readable = _readable(subject, about, files, listed)
        data = {"person": about, "cases": files}
        contents = {file_name_of(each): content_of(rows, each) for each in papers}
    return _zipped({"index.html": readable, "data.json": dumped(data), **contents})


def _file(connection: Connection, case: Held) -> dict[str, Any]:
    return {
        "id": case.id,
        "process": case.process,
        "business_key": case.business_key,
        "rows": rows_of_case(connection, case),
        "events": list(events_of_case(connection, case.id)),
    }


def _readable(
    subject: Subject,
    about: Rows,
    files: list[dict[str, Any]],
    papers: list[tuple[str, Document]],
) -> bytes:
    remember_names(
        name
        for each in files
        for event in each["events"]
        for name in (event["actor"], event["on_behalf_of"])
    )
    return render_template(
        "audit/access_export.html",
        subject=subject,
        about=about,
        files=files,
        kinds={key: file.kind for key, file in FILES.items()},
        papers=papers,
        language=language(),
        now=current.engine().clock.now(),
    ).encode()


def _zipped(files: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _MOMENT), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()
