"""All that an operator looks at, read in a fixed number of statements."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from sqlalchemy import select

from engine.operations.failures import Alike, Failure
from engine.operations.workers import SILENT, Seen
from engine.operations.workload import MOST, Workload
from web import current
from workflows.mail import outbox
from workflows.mail.models import MailMessage

MAILS = 10
"""Failed mails that are listed; the others are tried again together with them."""


@dataclass(frozen=True, slots=True)
class FailedMail:
    """A mail that no server took, and the incident by which it is sent again."""

    failure: Failure
    to: str


@dataclass(frozen=True, slots=True)
class Now:
    """How things stand at one moment."""

    at: datetime
    work: Workload
    failures: Sequence[Alike]
    workers: Sequence[Seen]

    @property
    def incidents(self) -> int:
        """How many open incidents were looked at."""
        return sum(len(each.failures) for each in self.failures)

    @property
    def more_incidents(self) -> bool:
        """Whether there may be more than were looked at."""
        return self.incidents >= MOST

    @property
    def failed_mails(self) -> list[Failure]:
        """The incidents that are mails which could not be sent, the oldest first."""
        found = [f for each in self.failures if each.kind == outbox.KIND for f in each.failures]
        return sorted(found, key=lambda failure: failure.at)

    @property
    def running_workers(self) -> int:
        """How many workers have swept the queue within the last minute."""
        return sum(not self.is_silent(each) for each in self.workers)

    def is_silent(self, worker: Seen) -> bool:
        """Whether a worker has not been heard of for too long to be running."""
        return self.at - worker.seen_at > SILENT

    @property
    def swept_at(self) -> datetime | None:
        """When any worker has last swept the queue."""
        return max((each.seen_at for each in self.workers), default=None)

    @property
    def waits(self) -> timedelta | None:
        """How long the job that is due longest has waited; None where nothing is due."""
        return None if self.work.oldest is None else self.at - self.work.oldest

    @property
    def fingerprint(self) -> str:
        """Changes with what the lists of the page hold, whatever the figures do."""
        listed = [(each.key, len(each.failures)) for each in self.failures]
        silent = sorted(each.name for each in self.workers if self.is_silent(each))
        return hashlib.sha256(orjson.dumps([listed, silent])).hexdigest()[:16]


def now() -> Now:
    """How things stand; four statements."""
    engine, actor = current.engine(), current.actor()
    return Now(
        at=engine.clock.now(),
        work=engine.workload(),
        failures=engine.failures(actor=actor, payloads_of=outbox.KIND),
        workers=engine.workers(),
    )


def mails(failures: Sequence[Failure]) -> list[FailedMail]:
    """To whom the first of the failed mails were to go; one statement."""
    if not failures:
        return []
    numbers = {
        each.id: orjson.loads(each.payload)["mail"] for each in failures[:MAILS] if each.payload
    }
    with current.reading() as rows:
        found = rows.execute(
            select(MailMessage.id, MailMessage.to).where(MailMessage.id.in_(numbers.values()))
        )
        addresses = {row.id: row.to for row in found}
    return [
        FailedMail(each, addresses[numbers[each.id]])
        for each in failures[:MAILS]
        if numbers.get(each.id) in addresses
    ]
