"""Every command of the engine, each with the case it needs: for the tests that crash
and race them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from engine import SYSTEM, Actor, Database, Engine, FixedClock, Job, JobContext, Registry
from engine.dispatch import Wake, nobody
from engine.history.checking import CHECK, Checking
from engine.history.keys import KeyRing
from engine.runtime.erasing import Ground
from engine.tables import (
    comment,
    definition,
    definition_draft,
    definition_draft_file,
    definition_publication,
    definition_retirement,
    erasure,
    history_check,
    history_event,
    history_payload,
    idempotency,
    incident,
    instance,
    job,
    legal_hold,
    migration_order,
    migration_result,
    received_message,
    subscription,
    work_item,
)
from tests.builders import Diagram, timer
from workflows import models
from workflows.retention.erasing import erase_case

DOMAIN = models
"""Imported, so that erasing knows every table there is."""

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
ANA = Actor("person:1", "Ana", frozenset({"office"}))
BOB = Actor("person:2", "Bob", frozenset({"office"}))
CHIEF = Actor("person:9", "Chief", frozenset({"ri"}), oversees=True)


class Notify:
    """A service without an outside."""

    parameters: frozenset[str] = frozenset()

    def perform(self, job: Job) -> None:
        """Nothing to do outside."""

    def apply(self, ctx: JobContext, result: object) -> dict[str, Any]:
        """Sets a variable."""
        return {"told": True}


class Broken(Notify):
    """A service that never works."""

    def perform(self, job: Job) -> None:
        """Fails."""
        raise ConnectionError("nobody answers")


def diagrams() -> list[Diagram]:
    """The processes the commands run on."""
    two = Diagram("two").start().user("ask", approval="four_eyes").user("then").end()
    two.boundary("late", "ask", timer("timeCycle", "R3/P1D"), interrupting=False)
    two.service("tell", "notify").end("told")
    two.flow("begin", "ask", "then", "finish").flow("late", "tell", "told")
    mail = Diagram("mail").start().service("tell", "notify").user("then").end()
    mail.flow("begin", "tell", "then", "finish")
    broken = Diagram("broken").start().service("tell", "broken", retries="1").end()
    broken.flow("begin", "tell", "finish")
    wait = Diagram("wait")
    wait.start().catch("answer", wait.message("answer")).user("then").end()
    wait.flow("begin", "answer", "then", "finish")
    plain = Diagram("plain").start().user("ask").user("then").end()
    plain.flow("begin", "ask", "then", "finish")
    opened = Diagram("opened", process_properties={"routingVariables": "mobility"})
    opened.node("startEvent", "on_signed", inner=opened.message("signed")).user("ask").end()
    opened.flow("on_signed", "ask", "finish")
    throws = Diagram("throws").start()
    throws.node("endEvent", "tell", inner=throws.message("signed")).flow("begin", "tell")
    return [two, mail, broken, wait, plain, opened, throws]


def build(url: str, clock: FixedClock, wake: Wake = nobody) -> Engine:
    """An engine as a process has it after its start."""
    return engine_on(Database(url, pool_size=32), clock, wake)


def engine_on(database: Database, clock: FixedClock, wake: Wake = nobody) -> Engine:
    """As ``build``, over a database that is open."""
    registry = Registry(
        services={"notify": Notify(), "broken": Broken()},
        job_kinds={"mail": Notify(), CHECK: Checking(KeyRing(Path()))},
    )
    return Engine(database, registry, clock=clock, wake=wake)


def start(engine: Engine, key: str) -> list[int]:
    """Start a case and give its work items."""
    started = engine.start(key, actor=CHIEF, business_key="M-1", variables={})
    return list(started.work_items)


def only(engine: Engine, table: Any) -> int:
    """The id of the one row of a table."""
    with engine.database.read() as connection:
        return int(connection.execute(select(table.c.id)).scalar_one())


@dataclass(frozen=True)
class Command:
    """A command and what comes before it.

    ``prepare`` builds the case; ``run`` issues the command, finding what it
    needs in the database, so that it can be issued again by another process.
    """

    name: str
    prepare: Callable[[Engine], object]
    run: Callable[[Engine], object]


def _item(engine: Engine) -> int:
    with engine.database.read() as connection:
        rows = connection.execute(select(work_item.c.id).order_by(work_item.c.id)).all()
        return int(rows[0].id)


def _claimed(engine: Engine) -> None:
    start(engine, "plain")
    engine.claim(_item(engine), actor=ANA)


def _delegated(engine: Engine) -> None:
    _claimed(engine)
    engine.delegate(_item(engine), actor=ANA, to=BOB.id)


def _voted(engine: Engine) -> None:
    first, _ = start(engine, "two")
    engine.complete(first, actor=BOB, outcome="approve", idempotency_key="bob")


def _complete(actor: Actor, outcome: str | None, which: int = 0) -> Callable[[Engine], object]:
    def run(engine: Engine) -> object:
        with engine.database.read() as connection:
            rows = connection.execute(select(work_item.c.id).order_by(work_item.c.id)).all()
        return engine.complete(
            rows[which].id, actor=actor, outcome=outcome, idempotency_key="the one key"
        )

    return run


def work(engine: Engine) -> None:
    """Run jobs until nothing is due."""
    while engine.run_due_jobs(worker="a worker"):
        pass


def _tomorrow(engine: Engine) -> None:
    assert isinstance(engine.clock, FixedClock)
    engine.clock.advance(timedelta(days=1, minutes=1))
    work(engine)


def _drafted(engine: Engine) -> None:
    three = Diagram("plain").start().user("ask").user("then").user("last").end()
    bundle = three.flow("begin", "ask", "then", "last", "finish").bundle()
    engine.save_definition_draft(bundle, actor=CHIEF, revision=None, based_on=1)


def _drafted_once(engine: Engine) -> None:
    if engine.definition_draft("plain") is None:
        _drafted(engine)


def _planned(engine: Engine) -> None:
    _drafted(engine)
    _planned_once(engine)


def _planned_once(engine: Engine) -> None:
    draft = engine.definition_draft("plain")
    if draft is not None and engine.planned_publication("plain") is None:
        engine.plan_publication(
            "plain",
            actor=CHIEF,
            note="Once",
            revision=draft.revision,
            replacing=1,
            at=engine.clock.now() + timedelta(hours=1),
        )


def _retired_once(engine: Engine) -> None:
    if "plain" not in engine.retired():
        engine.retire("plain", actor=CHIEF, note="Once")


def _publish(engine: Engine) -> object:
    draft = engine.definition_draft("plain")
    if draft is None:
        return None  # the process that died had come through
    return engine.publish("plain", actor=CHIEF, note="Once", revision=draft.revision, replacing=1)


def _under_check(engine: Engine) -> None:
    for _ in range(2):
        start(engine, "plain")
    engine.start_check(actor=CHIEF)


def _ordered(engine: Engine) -> None:
    """Two cases of which one stays, and the order to move them both."""
    start(engine, "plain")
    last = start(engine, "plain")[0]
    engine.complete(last, actor=ANA, idempotency_key="on")
    kept = Diagram("plain").start().user("ask").user("later").end()
    kept.flow("begin", "ask", "later", "finish")
    engine.deploy(kept.bundle(), actor=SYSTEM)
    engine.migrate(engine.migration_route("plain", 1, 2, {}), actor=CHIEF)


def _ended(engine: Engine) -> None:
    start(engine, "plain")
    engine.comment(only(engine, instance), actor=ANA, text="Hello", idempotency_key="once")
    engine.terminate(only(engine, instance), actor=CHIEF, reason="By mistake")


def _hold_once(engine: Engine) -> None:
    if not engine.holds(actor=SYSTEM):
        engine.hold(only(engine, instance), actor=CHIEF, reason="An appeal")


def _held(engine: Engine) -> None:
    _ended(engine)
    _hold_once(engine)


def _lift_once(engine: Engine) -> None:
    if engine.holds(actor=SYSTEM)[0].lifted_at is None:
        engine.lift_hold(only(engine, instance), actor=CHIEF, reason="It is over")


def _erase_once(engine: Engine) -> None:
    case = only(engine, instance)
    if engine.instance(case, actor=CHIEF).erased_at is None:
        with engine.unit(CHIEF) as unit:
            erase_case(unit, case, Ground("agreement", 1))


def _failed(engine: Engine) -> None:
    start(engine, "broken")
    work(engine)


COMMANDS = [
    Command(
        "deploy",
        lambda engine: None,
        lambda engine: engine.deploy(
            Diagram("new").start().user("ask").end().flow("begin", "ask", "finish").bundle(),
            actor=SYSTEM,
        ),
    ),
    Command("save_definition_draft", lambda engine: None, _drafted_once),
    Command("publish", _drafted, _publish),
    Command("plan_publication", _drafted, _planned_once),
    Command("publication_job", _planned, _tomorrow),
    Command("retire", lambda engine: None, _retired_once),
    Command(
        "start",
        lambda engine: None,
        lambda engine: engine.start(
            "two", actor=CHIEF, business_key="M-1", variables={}, idempotency_key="once"
        ),
    ),
    Command(
        "claim",
        lambda engine: start(engine, "plain"),
        lambda engine: engine.claim(_item(engine), actor=ANA),
    ),
    Command("release", _claimed, lambda engine: engine.release(_item(engine), actor=ANA)),
    Command("assign", _claimed, lambda engine: engine.assign(_item(engine), actor=BOB, to=BOB.id)),
    Command(
        "delegate", _claimed, lambda engine: engine.delegate(_item(engine), actor=ANA, to=BOB.id)
    ),
    Command("resolve", _delegated, lambda engine: engine.resolve(_item(engine), actor=BOB)),
    Command(
        "save_draft",
        _claimed,
        lambda engine: engine.save_draft(_item(engine), actor=ANA, data={"a": 1}),
    ),
    Command(
        "set_priority",
        _claimed,
        lambda engine: engine.set_priority(_item(engine), actor=ANA, priority=80),
    ),
    Command(
        "comment",
        lambda engine: start(engine, "plain"),
        lambda engine: engine.comment(
            only(engine, instance), actor=ANA, text="Hello", idempotency_key="once"
        ),
    ),
    Command("complete", lambda engine: start(engine, "plain"), _complete(ANA, None)),
    Command("vote", lambda engine: start(engine, "two"), _complete(ANA, "approve")),
    Command("last_vote", _voted, _complete(ANA, "approve", 1)),
    Command(
        "correlate",
        lambda engine: start(engine, "wait"),
        lambda engine: engine.correlate("answer", {}, message_id="m1", business_key="M-1"),
    ),
    Command(
        "message_start",
        lambda engine: None,
        lambda engine: engine.correlate(
            "signed", {"mobility": 7}, message_id="m1", business_key="M-1", links=["office"]
        ),
    ),
    Command("message_start_job", lambda engine: start(engine, "throws"), work),
    Command("service_job", lambda engine: start(engine, "mail"), work),
    Command("timer_job", lambda engine: start(engine, "two"), _tomorrow),
    Command("check_job", _under_check, work),
    Command("migration_job", _ordered, work),
    Command("retry", _failed, lambda engine: engine.retry(only(engine, incident), actor=CHIEF)),
    Command(
        "terminate",
        lambda engine: start(engine, "two"),
        lambda engine: engine.terminate(only(engine, instance), actor=CHIEF, reason="By mistake"),
    ),
    Command("hold", _ended, _hold_once),
    Command("lift_hold", _held, _lift_once),
    Command("erase", _ended, _erase_once),
]


def facts(database: Database) -> dict[str, list[Any]]:
    """What the database holds, without ids, instants and hashes: equal for equal histories."""
    version = (
        select(definition.c.version)
        .where(definition.c.id == instance.c.definition_id)
        .scalar_subquery()
    )
    columns = {
        "instance": (instance.c.status, instance.c.seq, instance.c.revision, version),
        "work_item": (
            work_item.c.element,
            work_item.c.seat,
            work_item.c.status,
            work_item.c.assignee,
            work_item.c.owner,
            work_item.c.outcome,
            work_item.c.priority,
            work_item.c.draft,
        ),
        "job": (job.c.kind, job.c.element, job.c.status),
        "subscription": (subscription.c.message,),
        "incident": (incident.c.reason, incident.c.status),
        "comment": (comment.c.author, comment.c.text),
        "history": (history_event.c.kind, history_event.c.element, history_event.c.actor),
        "idempotency": (idempotency.c.key,),
        "check": (history_check.c.instances, history_check.c.events, history_check.c.broken),
        "message": (received_message.c.message_id,),
        "hold": (legal_hold.c.reason, legal_hold.c.lifted_because),
        "erased": (erasure.c.rule, erasure.c.payloads, erasure.c.rows),
        "payload": (history_payload.c.seq,),
        "definition": (definition.c.key, definition.c.version, definition.c.note),
        "draft": (definition_draft.c.key, definition_draft.c.based_on),
        "order": (migration_order.c.status,),
        "moved": (migration_result.c.way, migration_result.c.reason, migration_result.c.element),
        "publication": (definition_publication.c.key, definition_publication.c.refused),
        "retirement": (definition_retirement.c.key, definition_retirement.c.note),
        "draft_file": (definition_draft_file.c.name, definition_draft_file.c.content),
    }
    with database.read() as connection:
        return {
            name: sorted((tuple(row) for row in connection.execute(select(*wanted))), key=repr)
            for name, wanted in columns.items()
        }
