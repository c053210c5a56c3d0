"""The job that plays scenarios: each in a process of its own, over a store that is thrown away.

The process is that of ``passerelle process test``. It knows nothing of the installation: no
database, no mail server, no secret; what it writes lies in a temporary folder that this job
removes. However it ends, the job tells how the scenario went.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import select

from engine.errors import NotFound
from engine.runtime import drafts
from engine.tables import definition
from workflows.scenarios.coverage import Passed
from workflows.scenarios.loading import ScenarioInvalid, read_scenario
from workflows.scenarios.results import Report, record

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine import Bundle, Job, JobContext, Value

SECONDS = 60
"""How long one scenario may take. With what is around it, that fits into a job's lease."""

_GRACE = 20
_PRODUCT = str(Path(__file__).parents[1])
_REFUSED = 1


class PlayScenarios:
    """Plays the first scenario of its payload and leaves the rest to the next job."""

    def perform(self, job: Job) -> Value:
        """Play it; None where there is no such state of the lifecycle any more."""
        key, digest, names = _asked(job.payload)
        with job.session() as session:
            bundle = _bundle(session, job, key, digest)
            if bundle is None or names[0] not in bundle.files:
                return None
            others = list(_neighbours(session, job, bundle, names[0]))
        return play(bundle, others, names[0]).dump()

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Keep how it went."""
        key, digest, names = _asked(ctx.job.payload)
        report = Report.load(result) if isinstance(result, dict) else None
        record(ctx.unit, key, digest, names, report)
        return {}


def _asked(payload: Mapping[str, Any]) -> tuple[str, str, list[str]]:
    return payload["key"], payload["digest"], payload["names"]


def _bundle(session: Session, job: Job, key: str, digest: str) -> Bundle | None:
    """The draft or the version of this digest."""
    draft = drafts.find(session.connection(), key)
    if draft is not None and draft.bundle.digest == digest:
        return draft.bundle
    wanted = select(definition.c.id).where(definition.c.key == key, definition.c.digest == digest)
    found = session.scalars(wanted).first()
    return None if found is None else job.definition(found).bundle


def _neighbours(session: Session, job: Job, bundle: Bundle, name: str) -> Iterator[Bundle]:
    """The lifecycles in force that a scenario names; one that there is not is told by playing."""
    try:
        scenario = read_scenario(bundle.files[name], name, name)
    except ScenarioInvalid:
        return
    for key in scenario.processes:
        wanted = (
            select(definition.c.id)
            .where(definition.c.key == key)
            .order_by(definition.c.version.desc())
        )
        found = session.scalars(wanted).first()
        if found is not None and key != bundle.key:
            yield job.definition(found).bundle


def play(bundle: Bundle, others: list[Bundle], name: str, seconds: float = SECONDS) -> Report:
    """How the scenario ``name`` of a bundle goes, with the ``others`` beside it."""
    with tempfile.TemporaryDirectory(prefix="passerelle-play-") as place:
        home = Path(place)
        for each in (bundle, *others):
            _write(home / each.key, each)
        file = home / bundle.key / name
        command = ["process", "test", str(file), "--json", "--seconds", str(seconds)]
        try:
            done = subprocess.run(
                [sys.executable, "-P", "-m", "web.cli", *command],
                cwd=home,
                env=_environment(home),
                capture_output=True,
                text=True,
                timeout=seconds + _GRACE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Report(name, code="time", sentence=f"It took more than {seconds:g} seconds.")
        return _report(name, done, f"{home}{os.sep}")


def _write(folder: Path, bundle: Bundle) -> None:
    for name, data in bundle.files.items():
        target = folder / name
        if not target.resolve().is_relative_to(folder.resolve()):
            raise NotFound
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def _environment(home: Path) -> dict[str, str]:
    """Where programs are found, and nothing of the installation's settings."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": os.pathsep.join([_PRODUCT, *filter(None, sys.path)]),
        "TMPDIR": str(home),
        "HOME": str(home),
    }


def _report(name: str, done: subprocess.CompletedProcess[str], place: str) -> Report:
    """What the process has said; paths are told as they stand in the bundle."""
    try:
        answer = orjson.loads(done.stdout)
        (told,) = answer["scenarios"]
    except (orjson.JSONDecodeError, ValueError, KeyError):
        said = done.stderr.replace(place, "").strip()
        if done.returncode == _REFUSED:
            sentence = "It cannot be played, because the lifecycle cannot be deployed."
            return Report(name, code="not_deployable", sentence=sentence, trace=said)
        return Report(name, code="broken", sentence="Playing it broke off.", trace=said)
    passed = Passed(frozenset(told["elements"]), frozenset(told["flows"]))
    if told["passed"]:
        return Report(told["title"], told["seconds"], passed=passed)
    failure = told["failures"][0]
    sentences = "\n".join(each["message"] for each in told["failures"]).replace(place, "")
    return Report(
        told["title"],
        told["seconds"],
        failure["step"],
        failure["line"],
        failure["code"],
        sentences,
        failure["expected"],
        failure["found"],
        failure["trace"].replace(place, ""),
        passed,
    )
