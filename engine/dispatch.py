"""Wakes the workers. A message here is only a wake-up: the job row is the truth,
so a broker that is down costs a little time and never an error.
"""

from __future__ import annotations

import logging
from typing import Protocol

from celery import Celery
from kombu.exceptions import KombuError

TASK = "passerelle.run_due_jobs"
_log = logging.getLogger(__name__)


class Wake(Protocol):
    """Called after a commit that left jobs to be done."""

    def __call__(self) -> None:
        """Tell a worker; must not raise."""
        ...


def nobody() -> None:
    """Wakes nobody: for commands of a process without a broker, and for tests."""


class CeleryWake:
    """Sends the wake-up task, without waiting and without retrying."""

    def __init__(self, celery: Celery) -> None:
        self._celery = celery

    def __call__(self) -> None:
        """Send; a broker that cannot be reached is logged, the sweep finds the work."""
        try:
            self._celery.send_task(TASK, retry=False, ignore_result=True)
        except (KombuError, OSError) as error:
            _log.warning("wake-up not sent, the sweep will find the work: %s", error)
