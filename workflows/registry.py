"""What the lifecycles plug into the engine, gathered for the composition root."""

from __future__ import annotations

from typing import Protocol

from engine.registry import Registry
from workflows import models
from workflows.contract.notices import NOTICE, NoticeJob, NotifyService, Office
from workflows.contract.steps import HANDLERS
from workflows.mail import outbox

__all__ = ["DomainSettings", "models", "registry"]

PAGES = frozenset({"contract.draft", "contract.check", "contract.sign", "contract.partner"})
"""Pages a diagram may name instead of a form."""


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


def registry(settings: DomainSettings) -> Registry:
    """Handlers, services, job kinds and pages of every lifecycle."""
    office = Office(settings.secret_key, settings.base_url, settings.home_hei)
    return Registry(
        handlers=dict(HANDLERS),
        services={"contract.notify": NotifyService(office)},
        job_kinds={
            NOTICE: NoticeJob(office),
            outbox.KIND: outbox.MailJob(settings.smtp_url, settings.base_url),
        },
        pages=PAGES,
    )
