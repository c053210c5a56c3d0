"""What the lifecycles plug into the engine, gathered for the composition root."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol, TypeVar

from engine.registry import Registry
from workflows import models
from workflows.admission.lifecycle import LIFECYCLE as ADMISSION
from workflows.application.lifecycle import LIFECYCLE as APPLICATION
from workflows.contract.lifecycle import LIFECYCLE as CONTRACT
from workflows.contract_change.lifecycle import LIFECYCLE as CONTRACT_CHANGE
from workflows.difficulty.lifecycle import LIFECYCLE as DIFFICULTY
from workflows.exam_waiver.lifecycle import LIFECYCLE as EXAM_WAIVER
from workflows.grade_transfer.lifecycle import LIFECYCLE as GRADE_TRANSFER
from workflows.grant.lifecycle import LIFECYCLE as GRANT
from workflows.mail import outbox
from workflows.meeting.lifecycle import LIFECYCLE as MEETING
from workflows.notices.jobs import job_kinds as office_jobs
from workflows.notices.publications import PUBLICATION_REFUSED
from workflows.notices.tasks import NOTIFY, OPENED, Notify, TaskNotice, Teller
from workflows.office import Office
from workflows.partnership.lifecycle import LIFECYCLE as PARTNERSHIP
from workflows.publication.lifecycle import LIFECYCLE as PUBLICATION
from workflows.recognition.lifecycle import LIFECYCLE as RECOGNITION
from workflows.relay.lifecycle import LIFECYCLE as RELAY
from workflows.validation_plan.lifecycle import LIFECYCLE as VALIDATION_PLAN

__all__ = ["LIFECYCLES", "DomainSettings", "models", "office_of", "registry"]

LIFECYCLES = (
    APPLICATION,
    ADMISSION,
    CONTRACT,
    CONTRACT_CHANGE,
    VALIDATION_PLAN,
    EXAM_WAIVER,
    GRADE_TRANSFER,
    RECOGNITION,
    GRANT,
    DIFFICULTY,
    MEETING,
    PARTNERSHIP,
    RELAY,
    PUBLICATION,
)
"""Every lifecycle, in the order of a mobility's life."""

_Named = TypeVar("_Named")


class DomainSettings(Protocol):
    """What the domain needs to know of an installation."""

    @property
    def secret_key(self) -> str:
        """Signs partner links."""
        ...

    @property
    def base_url(self) -> str:
        """The address people type, without a slash at its end."""
        ...

    @property
    def smtp_url(self) -> str | None:
        """Where mails go; None keeps them."""
        ...

    @property
    def home_hei(self) -> str:
        """SCHAC code of the university that runs this installation."""
        ...

    @property
    def data_dir(self) -> Path:
        """The folder of what is kept beside the database."""
        ...

    @property
    def demo(self) -> bool:
        """Whether everything in it is invented."""
        ...

    @property
    def seal_pkcs12(self) -> Path | None:
        """The certificate that documents are sealed with."""
        ...

    @property
    def seal_password(self) -> str | None:
        """The password of that certificate."""
        ...


def office_of(settings: DomainSettings) -> Office:
    """The office as the domain knows it."""
    return Office(
        settings.secret_key,
        settings.base_url,
        settings.home_hei,
        settings.data_dir,
        settings.demo,
        settings.seal_pkcs12,
        settings.seal_password,
    )


def registry(settings: DomainSettings) -> Registry:
    """Handlers, services, job kinds and pages of every lifecycle, and of the office itself."""
    office = office_of(settings)
    teller = Teller(office, {each.key: each.contact for each in LIFECYCLES})
    return Registry(
        handlers=_merged(each.handlers for each in LIFECYCLES),
        services=_merged([{NOTIFY: Notify(teller)}, *(e.services(office) for e in LIFECYCLES)]),
        job_kinds=_merged(
            [
                {
                    OPENED: TaskNotice(teller),
                    outbox.KIND: outbox.MailJob(settings.smtp_url, settings.base_url),
                },
                office_jobs(office),
                *(each.job_kinds(office) for each in LIFECYCLES),
            ]
        ),
        pages=frozenset().union(*(each.pages for each in LIFECYCLES)),
        opened=OPENED,
        idle=frozenset() if settings.smtp_url else frozenset({outbox.KIND}),
        refused=PUBLICATION_REFUSED,
    )


def _merged(parts: Iterable[Mapping[str, _Named]]) -> dict[str, _Named]:
    merged: dict[str, _Named] = {}
    for part in parts:
        doubled = merged.keys() & part.keys()
        assert not doubled, f"two lifecycles use the names {sorted(doubled)}"
        merged.update(part)
    return merged
