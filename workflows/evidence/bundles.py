"""The evidence of all cases of a filter, as background work: asked for once, fetched when ready.

First each case notes that its evidence is handed out, one transaction a case; then an anchor
seals them all; then the file is written. It holds personal data and is gone after a week.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import orjson
from sqlalchemy import delete, func, insert, literal, select

from engine import Actor, InvalidInput, NotFound, SystemClock, Unit
from engine.feel import Feel
from engine.history import anchoring
from engine.history.evidence_bundle import write
from engine.history.filters import HistoryFilter, parse, query_string
from engine.history.jobs import EXPORT
from engine.history.keys import KeyRing
from engine.history.rows import one_moment
from engine.history.verifying import verify_one
from engine.ids import new_id
from engine.runtime import evidence, filtering
from engine.runtime.deployed import Definition, Definitions
from engine.runtime.locked import LockedInstance
from engine.tables import history_event, instance
from workflows.evidence.files import document_rows, listed
from workflows.evidence.models import BundledCase, EvidenceBundle
from workflows.office_work.local_time import ZONE
from workflows.people.services import people_named

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.orm import Session

    from engine import Job, JobContext, Value

STEP = "evidence_bundle"
WRITE = "evidence_bundle_file"
EXPIRE = "evidence_bundle_expiry"
MOST_EVENTS = 300_000
"""What is written within the lease of a job, with room to spare."""

KEPT = timedelta(days=7)
_PAGE = 500


def wanted(query: str) -> HistoryFilter:
    """The filter in a query string; raises InvalidInput."""
    return parse(parse_qs(query, max_num_fields=500), ZONE)


def found(connection: Connection, actor: Actor, chosen: HistoryFilter) -> tuple[int, int]:
    """How many cases the actor would get for a filter, and how many events."""
    cases = filtering.cases(actor, chosen).subquery()
    own = instance.c
    statement = select(func.count(), func.coalesce(func.sum(own.seq), 0)).where(
        own.id.in_(select(cases.c.id))
    )
    number, events = connection.execute(statement).one()
    return int(number), int(events)


def ask(unit: Unit, chosen: HistoryFilter, language: str) -> int:
    """Have the evidence of all cases of a filter made; gives the bundle's number.

    The cases are those of now. Raises InvalidInput where there are none, or too many events.
    """
    cases, events = found(unit.connection, unit.actor, chosen)
    if not cases:
        raise InvalidInput({"filter": ["no_cases"]})
    if events > MOST_EVENTS:
        raise InvalidInput({"filter": [f"too_many_events:{MOST_EVENTS}"]})
    bundle = EvidenceBundle(
        id=new_id(),
        filter=query_string(chosen, ZONE),
        language=language,
        asked_at=unit.now,
        asked_by=unit.actor.id,
        total=cases,
        done=0,
        altered="[]",
        size=0,
        sha256="",
    )
    unit.session.add(bundle)
    unit.session.flush()
    chosen_cases = filtering.cases(unit.actor, chosen).subquery()
    columns = ["bundle_id", "instance_id"]
    rows = select(literal(bundle.id), chosen_cases.c.id)
    unit.connection.execute(insert(BundledCase).from_select(columns, rows))
    unit.enqueue(STEP, {"bundle": bundle.id, "after": 0})
    return bundle.id


def of_asker(session: Session, actor: Actor, *, limit: int) -> list[EvidenceBundle]:
    """The bundles that somebody has asked for, the newest first."""
    own = EvidenceBundle
    statement = select(own).where(own.asked_by == actor.id).order_by(own.id.desc()).limit(limit)
    return list(session.scalars(statement))


def ready(session: Session, actor: Actor, bundle_id: int) -> EvidenceBundle:
    """A bundle of the actor's whose file is there; raises NotFound."""
    bundle = session.get(EvidenceBundle, bundle_id)
    if bundle is None or bundle.asked_by != actor.id or not bundle.ready:
        raise NotFound
    return bundle


@dataclass(frozen=True)
class Making:
    """What the jobs of bundles need: where files go, whose keys seal, in whose name."""

    folder: Path
    keys: KeyRing
    issuer: str
    definitions: Definitions = field(default_factory=lambda: Definitions(Feel(SystemClock())))

    def job_kinds(self) -> Mapping[str, Any]:
        """The job kinds of bundles."""
        return {STEP: _Noting(self), WRITE: _Writing(self), EXPIRE: _Expiring(self)}

    def note_next(self, unit: Unit, bundle: EvidenceBundle, after: int) -> int | None:
        """Note in the next case that its evidence is handed out; None once all have been.

        A case whose history is not what was written proves nothing: it is left out and told.
        """
        own = BundledCase
        case = unit.session.scalar(
            select(own.instance_id)
            .where(own.bundle_id == bundle.id, own.instance_id > after)
            .order_by(own.instance_id)
            .limit(1)
        )
        if case is None:
            return None
        locked = LockedInstance.load(unit, case)
        if verify_one(unit.connection, case).intact:
            locked.record("evidence_exported", unit.actor)
            locked.save(unit)
        else:
            mine = (own.bundle_id == bundle.id, own.instance_id == case)
            unit.session.execute(delete(own).where(*mine))
            bundle.altered = orjson.dumps([*orjson.loads(bundle.altered), case]).decode()
        bundle.done += 1
        return case

    def write(self, job: Job) -> tuple[int, str]:
        """Write the file of a bundle; gives its size and SHA-256."""
        with job.session() as session:
            connection = one_moment(session)
            bundle = session.get_one(EvidenceBundle, _bundle_of(job))
            anchor = anchoring.numbered(connection, bundle.anchor or 0)
            assert anchor is not None
            seen: dict[int, Definition] = {}
            told = self._telling(connection, seen)
            written = write(
                self.folder / bundle.file_name,
                connection,
                self.keys,
                anchor,
                {
                    "issuer": self.issuer,
                    "made_at": job.now.isoformat(),
                    "made_by": bundle.asked_by,
                    "filter": bundle.filter,
                    "cases": bundle.total - len(orjson.loads(bundle.altered)),
                    "left_out": orjson.loads(bundle.altered),
                },
                lambda: _cases(session, bundle.id),
                told,
                lambda: self._files(session, bundle, seen),
            )
        return written.size, written.sha256

    def _telling(
        self, connection: Connection, seen: dict[int, Definition]
    ) -> Callable[[int], Mapping[str, Any]]:
        def told(case: int) -> Mapping[str, Any]:
            own = instance.c
            columns = (own.business_key, own.definition_id)
            row = connection.execute(select(*columns).where(own.id == case)).one()
            about, followed = evidence.described(connection, self.definitions, case, *row)
            seen.update((each.id, each) for each in followed)
            return about

        return told

    def _files(
        self, session: Session, bundle: EvidenceBundle, seen: Mapping[int, Definition]
    ) -> Iterator[tuple[str, bytes]]:
        yield from evidence.process_files(seen[each] for each in sorted(seen)).items()
        yield "documents.jsonl", b"".join(_documents(session, bundle.id))
        # Of a case whose content was erased nobody is named.
        mine = (
            select(BundledCase.instance_id)
            .join(instance, instance.c.id == BundledCase.instance_id)
            .where(BundledCase.bundle_id == bundle.id, instance.c.erased_at.is_(None))
        )
        own = history_event.c
        acted = select(own.actor).where(own.instance_id.in_(mine)).distinct()
        behalf = select(own.on_behalf_of).where(own.instance_id.in_(mine)).distinct()
        ids = {each for each in (*session.scalars(acted), *session.scalars(behalf)) if each}
        yield "people.json", orjson.dumps(people_named(session, ids), option=orjson.OPT_SORT_KEYS)
        yield "cases.pdf", listed(session, bundle, self.issuer)


def _cases(session: Session, bundle_id: int) -> Iterator[int]:
    own, after = BundledCase, 0
    while page := session.scalars(
        select(own.instance_id)
        .where(own.bundle_id == bundle_id, own.instance_id > after)
        .order_by(own.instance_id)
        .limit(_PAGE)
    ).all():
        yield from page
        after = page[-1]


def _documents(session: Session, bundle_id: int) -> Iterator[bytes]:
    for case in _cases(session, bundle_id):
        key = session.scalar(select(instance.c.business_key).where(instance.c.id == case))
        rows = document_rows(session, case, str(key))
        yield orjson.dumps({"instance_id": case, "documents": rows}) + b"\n"


def _bundle_of(job: Job) -> int:
    return int(str(job.payload["bundle"]))


class _Making:
    """What the jobs of bundles share."""

    def __init__(self, making: Making) -> None:
        self._making = making

    def perform(self, job: Job) -> Value:
        """Nothing to do outside."""
        return None


class _Noting(_Making):
    """The job that notes the export in one case, and the job after it; after all, an anchor."""

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Note it, in the name of who asked."""
        payload: Any = ctx.job.payload
        bundle = ctx.session.get_one(EvidenceBundle, payload["bundle"])
        with ctx.unit.acting(replace(ctx.unit.actor, id=bundle.asked_by)):
            after = self._making.note_next(ctx.unit, bundle, payload["after"])
        if after is not None:
            ctx.unit.enqueue(STEP, {**payload, "after": after})
            return {}
        ctx.unit.flush()
        made = anchoring.make(ctx.unit, self._making.keys, self._making.issuer)
        bundle.anchor = made.number
        ctx.unit.enqueue(EXPORT, {"number": made.number})
        ctx.unit.enqueue(WRITE, {"bundle": bundle.id})
        return {}


class _Writing(_Making):
    """The job that writes the file."""

    def perform(self, job: Job) -> Value:
        """Write it, whole or not at all."""
        return list(self._making.write(job))

    def apply(self, ctx: JobContext, result: Any) -> Mapping[str, Value]:
        """It is ready, for a week."""
        bundle = ctx.session.get_one(EvidenceBundle, _bundle_of(ctx.job))
        bundle.size, bundle.sha256 = result
        bundle.ended_at = ctx.now
        ctx.unit.enqueue(EXPIRE, {"bundle": bundle.id}, due_at=ctx.now + KEPT)
        return {}


class _Expiring(_Making):
    """The job that removes the file when its time is over."""

    def perform(self, job: Job) -> Value:
        """Remove it; gone already is as good."""
        with job.session() as session:
            bundle = session.get_one(EvidenceBundle, _bundle_of(job))
            path = self._making.folder / bundle.file_name
        path.unlink(missing_ok=True)
        return None

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Nobody is offered it any more."""
        ctx.session.get_one(EvidenceBundle, _bundle_of(ctx.job)).expired_at = ctx.now
        return {}
