"""The composition root: settings become a running engine.

The web application, the worker and the command line all start here, so none of
them knows what another one plugs in.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from engine import Engine, Registry
from engine.database import Database
from engine.dispatch import CeleryWake
from engine.history.jobs import history_jobs
from engine.history.keys import KeyRing
from engine.history.stamping import Authority
from engine.registry import Exports
from web import measures
from web.playing import PlayScenarios
from web.worker import create_celery
from workflows.evidence.bundles import Making
from workflows.people.vocabulary import MobilityVocabulary
from workflows.record import mailing
from workflows.registry import registry
from workflows.retention import purging
from workflows.retention.archiving import Archiving
from workflows.scenarios.results import KIND

if TYPE_CHECKING:
    from engine.clock import Clock
    from engine.registry import Registry
    from web.config import Settings


def plugged_in(settings: Settings) -> Registry:
    """What the domain plugs into the engine, and what an installation adds to it."""
    domain = registry(settings)
    proving = history_jobs(
        KeyRing(settings.anchor_keys_dir),
        settings.home_hei,
        settings.anchors_dir,
        timedelta(hours=settings.anchor_hours),
        Authority(settings.tsa_url, settings.tsa_certificates),
        mailing.KIND,
    )
    mails = {mailing.KIND: mailing.AnchorMail(settings.anchor_mail, settings.home_hei)}
    archive = Archiving(settings.archive_dir, KeyRing(settings.anchor_keys_dir), settings.home_hei)
    keeping = purging.job_kinds(archive, timedelta(hours=settings.purge_hours))
    making = Making(settings.evidence_dir, KeyRing(settings.anchor_keys_dir), settings.home_hei)
    own = {**making.job_kinds(), **proving, **mails, **keeping, KIND: PlayScenarios()}
    return replace(
        domain,
        job_kinds={**domain.job_kinds, **own},
        watch=measures.watch,
        exports=Exports(
            settings.exports_dir,
            settings.secret_key.encode(),
            timedelta(days=settings.export_days),
            MobilityVocabulary(),
        ),
    )


def build_engine(settings: Settings, *, clock: Clock | None = None) -> Engine:
    """The engine of one installation; opens no connection until it is used.

    Workers that share the broker are woken after each command that leaves work.
    """
    return Engine(
        Database(settings.database_url),
        plugged_in(settings),
        clock=clock,
        wake=CeleryWake(create_celery(settings)),
    )
