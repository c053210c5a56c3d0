"""Comparing what is with what a scenario expects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from engine.values import Instance, InstanceStatus, WorkItem
from workflows.mail.models import MailMessage
from workflows.office_work.local_time import ZONE as PARIS
from workflows.papers.documents import of_case
from workflows.papers.models import Document
from workflows.scenarios.cast import address_of
from workflows.scenarios.filling import filled, looked_up
from workflows.scenarios.stage import OBSERVER, Mismatch, Stage, shown_items
from workflows.scenarios.steps import Expect, ExpectedDocument, ExpectedMail


def check(stage: Stage, expected: Expect) -> None:
    """Raise Mismatch, in a sentence of what is expected and what is, for the first difference."""
    cases = stage.cases()
    if expected.open is not None:
        _check_open(stage, expected.open)
    _check_due(stage, expected)
    for names, status in (
        (expected.running, InstanceStatus.ACTIVE),
        (expected.finished, InstanceStatus.COMPLETED),
        (expected.terminated, InstanceStatus.TERMINATED),
    ):
        for name in names:
            _check_status(cases, name, status)
    if expected.incidents is not None:
        _check_incidents(stage, expected.incidents)
    for name, value in expected.facts.items():
        _check_fact(stage, name, value)
    if expected.documents is not None:
        _check_documents(stage, expected.documents)
    if expected.mails is not None:
        _check_mails(stage, expected.mails)


def _names(item: WorkItem) -> set[str]:
    return {item.element, f"{item.key}/{item.element}"}


def _check_open(stage: Stage, expected: tuple[str, ...]) -> None:
    items = list(stage.open_items())
    wanted = set(expected)
    missing = [name for name in expected if not any(name in _names(item) for item in items)]
    surplus = [item for item in items if not _names(item) & wanted]
    if missing or surplus:
        wanted_list, shown = _listed(expected), shown_items(items)
        raise Mismatch(
            f"Open tasks are expected to be {wanted_list}; they are {shown}.",
            "open",
            wanted_list,
            shown,
        )


def _check_due(stage: Stage, expected: Expect) -> None:
    for name, day in expected.due.items():
        due = [item.due_at for item in stage.open_items() if name in _names(item)]
        if not due:
            raise Mismatch(
                f"'{name}' is expected to be due on {day}, but is not open.",
                "due",
                f"{name}: {day}",
                "–",
            )
        dates = [at.astimezone(PARIS).date() if at else None for at in due]
        if any(each != day for each in dates):
            said = _listed(str(each) if each else "never" for each in dates)
            raise Mismatch(
                f"'{name}' is expected to be due on {day}; it is due on {said}.",
                "due",
                f"{name}: {day}",
                f"{name}: {said}",
            )


def _check_status(cases: list[Instance], name: str, status: InstanceStatus) -> None:
    found = next((case for case in cases if case.key == name), None)
    if found is None:
        raise Mismatch(
            f"'{name}' is expected to be {_said(status)}, but no such case has begun.",
            "status",
            f"{name}: {_said(status)}",
            "–",
        )
    if found.status != status:
        raise Mismatch(
            f"'{name}' is expected to be {_said(status)}; it is {_said(found.status)}, with the "
            f"open tasks {shown_items(found.open_items)}.",
            "status",
            f"{name}: {_said(status)}",
            f"{name}: {_said(found.status)}",
        )


def _said(status: InstanceStatus) -> str:
    return {
        InstanceStatus.ACTIVE: "running",
        InstanceStatus.COMPLETED: "finished",
        InstanceStatus.TERMINATED: "terminated",
    }[status]


def incidents(stage: Stage) -> list[str]:
    """The open incidents, each in a sentence."""
    found = stage.engine.incidents(actor=OBSERVER, limit=200).items
    return [f"{each.element or 'a job'}: {each.reason}: {each.detail}" for each in found]


def _check_incidents(stage: Stage, expected: int) -> None:
    found = incidents(stage)
    if len(found) != expected:
        shown = "; ".join(found) or "none"
        raise Mismatch(
            f"{expected} incidents are expected; there are {len(found)}: {shown}",
            "incidents",
            str(expected),
            f"{len(found)}: {shown}",
        )


def _check_fact(stage: Stage, name: str, value: object) -> None:
    wanted = _plain(filled(stage, value))
    actual = _plain(looked_up(stage, name.removeprefix("$"), {}))
    if actual != wanted:
        raise Mismatch(
            f"{name} is expected to be {wanted!r}; it is {actual!r}.",
            "facts",
            f"{name}: {wanted!r}",
            f"{name}: {actual!r}",
        )


def _plain(value: Any) -> Any:
    """A value as a scenario can write it: enumerations and numbers of other kinds as texts."""
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, set | frozenset):
        return sorted(_plain(each) for each in value)
    return str(value)


def _check_documents(stage: Stage, expected: tuple[ExpectedDocument, ...]) -> None:
    with stage.reading() as session:
        documents = of_case(session, stage.business_key)
        shown = _listed(f"{each.kind} ({each.language})" for each in documents)
    if not expected and documents:
        raise Mismatch(f"No document is expected; there are {shown}.", "documents", "–", shown)
    for wanted in expected:
        number = sum(_is_document(each, wanted) for each in documents)
        if number == 0 if wanted.count is None else number != wanted.count:
            raise Mismatch(
                f"{_asked(wanted.count)} document is expected: {_described(wanted)}; "
                f"{number} fit, of {shown or 'none'}.",
                "documents",
                _counted(wanted.count, _described(wanted)),
                f"{number}: {shown}",
            )


def _is_document(document: Document, wanted: ExpectedDocument) -> bool:
    return (
        document.kind == wanted.kind
        and wanted.language in (None, document.language)
        and wanted.superseded in (None, document.superseded_by is not None)
        and wanted.revoked in (None, document.revoked_at is not None)
    )


def _described(wanted: ExpectedDocument) -> str:
    more = {
        "language": wanted.language,
        "superseded": wanted.superseded,
        "revoked": wanted.revoked,
    }
    said = [f"{name} {value}" for name, value in more.items() if value is not None]
    return ", ".join([wanted.kind, *said])


def _check_mails(stage: Stage, expected: tuple[ExpectedMail, ...]) -> None:
    later = select(MailMessage).where(MailMessage.id > stage.seen_mail)
    with stage.reading() as session:
        mails = list(session.scalars(later.order_by(MailMessage.id)))
    shown = "; ".join(f"to {mail.to}: {mail.subject}" for mail in mails) or "none"
    if not expected and mails:
        raise Mismatch(f"No mail is expected; there are: {shown}.", "mails", "–", shown)
    for wanted in expected:
        number = sum(_is_mail(stage, mail, wanted) for mail in mails)
        if number == 0 if wanted.count is None else number != wanted.count:
            texts = "".join(f", with '{text}'" for text in wanted.contains)
            raise Mismatch(
                f"{_asked(wanted.count)} mail is expected to {wanted.to}{texts}; "
                f"{number} fit, of {len(mails)}: {shown}.",
                "mails",
                _counted(wanted.count, ": ".join((wanted.to, *wanted.contains))),
                f"{number}: {shown}",
            )
    if mails:
        stage.seen_mail = mails[-1].id


def _is_mail(stage: Stage, mail: MailMessage, wanted: ExpectedMail) -> bool:
    text = f"{mail.subject}\n{mail.body}"
    return mail.to == address_of(wanted.to) and all(
        str(filled(stage, part)) in text for part in wanted.contains
    )


def _asked(count: int | None) -> str:
    return "A" if count is None else f"Exactly {count}"


def _counted(count: int | None, what: str) -> str:
    return what if count is None else f"{count} × {what}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
