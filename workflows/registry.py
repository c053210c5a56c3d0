"""What the lifecycles plug into the engine, gathered for the composition root."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol, TypeVar

from engine.registry import Registry
from workflows import models
from workflows.contract.lifecycle import LIFECYCLE as CONTRACT
from workflows.mail import outbox
from workflows.notices.news import NEWS, News
from workflows.notices.tasks import NOTIFY, OPENED, Notify, TaskNotice, Teller
from workflows.office import Office

__all__ = ["LIFECYCLES", "DomainSettings", "models", "office_of", "registry"]

LIFECYCLES = (CONTRACT,)
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


def office_of(settings: DomainSettings) -> Office:
    """The office as the domain knows it."""
    return Office(
        settings.secret_key,
        settings.base_url,
        settings.home_hei,
        settings.data_dir,
        settings.demo,
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
                    NEWS: News(office),
                    outbox.KIND: outbox.MailJob(settings.smtp_url, settings.base_url),
                },
                *(each.job_kinds(office) for each in LIFECYCLES),
            ]
        ),
        pages=frozenset().union(*(each.pages for each in LIFECYCLES)),
        opened=OPENED,
    )


def _merged(parts: Iterable[Mapping[str, _Named]]) -> dict[str, _Named]:
    merged: dict[str, _Named] = {}
    for part in parts:
        doubled = merged.keys() & part.keys()
        assert not doubled, f"two lifecycles use the names {sorted(doubled)}"
        merged.update(part)
    return merged
