"""Figures of this process since its start: answers given, and jobs done.

They are kept for Prometheus; the operations page reads the same ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from engine import Engine
from engine.identity import SYSTEM

REQUESTS = Counter(
    "passerelle_http_requests", "Requests answered", ("method", "endpoint", "status")
)
SECONDS = Histogram("passerelle_http_seconds", "Time to answer", ("endpoint",))
JOB_SECONDS = Histogram("passerelle_job_seconds", "Time that jobs took", ("kind", "step"))
JOB_FAILURES = Counter("passerelle_job_failures", "Attempts that failed", ("kind", "step"))

SLOWEST = 10
USUAL = 0.95


@dataclass(frozen=True, slots=True)
class Pace:
    """How long something took each time: on average, and at most in 95 of 100 times.

    ``names`` are the labels it is counted under. ``usual`` is the upper end of a bucket, and
    infinite beyond the last.
    """

    names: tuple[str, ...]
    times: int
    mean: float
    usual: float


@dataclass(frozen=True, slots=True)
class Answers:
    """Requests answered, by how that went."""

    all: int
    refused: int
    failed: int


def watch(kind: str, step: str, seconds: float, *, failed: bool) -> None:
    """Note how long a job took; the engine's registry calls it."""
    JOB_SECONDS.labels(kind, step).observe(seconds)
    if failed:
        JOB_FAILURES.labels(kind, step).inc()


def queue(engine: Engine) -> CollectorRegistry:
    """How the automatic work stands at this moment; counts stop at some thousands."""
    figures = CollectorRegistry()
    now, work, seen = engine.clock.now(), engine.workload(), engine.workers()
    due = Gauge("passerelle_jobs_due", "Jobs that are due", ("kind", "state"), registry=figures)
    for each in work.due.values():
        due.labels(each.kind, "waiting").set(each.waiting)
        due.labels(each.kind, "running").set(each.running)
    oldest = Gauge("passerelle_oldest_job_seconds", "How long the oldest is due", registry=figures)
    oldest.set((now - work.oldest).total_seconds() if work.oldest else 0)
    incidents = Gauge(
        "passerelle_incidents_open", "What cannot go on", ("kind", "reason"), registry=figures
    )
    for alike in engine.failures(actor=SYSTEM):
        incidents.labels(alike.kind, alike.reason).inc(len(alike.failures))
    if seen:
        swept = Gauge(
            "passerelle_last_sweep_seconds", "How long ago the queue was swept", registry=figures
        )
        swept.set((now - max(each.seen_at for each in seen)).total_seconds())
    return figures


def answers() -> Answers:
    """How many requests this process has answered."""
    by_class: dict[str, int] = defaultdict(int)
    for labels, value in _samples(REQUESTS, "_total"):
        by_class[labels["status"][:1]] += int(value)
    return Answers(sum(by_class.values()), by_class["4"], by_class["5"])


def slow_pages() -> list[Pace]:
    """The endpoints that take longest on average."""
    return _slowest(SECONDS, ("endpoint",))


def slow_jobs() -> list[Pace]:
    """The kinds and steps of jobs that take longest on average."""
    return _slowest(JOB_SECONDS, ("kind", "step"))


def failed_jobs() -> dict[tuple[str, ...], int]:
    """How many attempts failed, by kind and step."""
    found = _samples(JOB_FAILURES, "_total")
    return {(labels["kind"], labels["step"]): int(value) for labels, value in found}


def _slowest(histogram: Histogram, names: tuple[str, ...]) -> list[Pace]:
    sums: dict[tuple[str, ...], float] = {}
    buckets: dict[tuple[str, ...], list[tuple[float, float]]] = defaultdict(list)
    for labels, value in _samples(histogram, "_sum"):
        sums[tuple(labels[name] for name in names)] = value
    for labels, value in _samples(histogram, "_bucket"):
        end = float(labels["le"])
        buckets[tuple(labels[name] for name in names)].append((end, value))
    paces = [_pace(which, total, buckets[which]) for which, total in sums.items()]
    counted = [pace for pace in paces if pace.times]
    return sorted(counted, key=lambda pace: (-pace.mean, pace.names))[:SLOWEST]


def _pace(names: tuple[str, ...], total: float, ends: list[tuple[float, float]]) -> Pace:
    times = max((count for _end, count in ends), default=0.0)
    usual = min((end for end, count in ends if count >= USUAL * times), default=inf)
    return Pace(names, int(times), total / times if times else 0.0, usual)


def _samples(metric: Counter | Histogram, suffix: str) -> Iterable[tuple[dict[str, str], float]]:
    for family in metric.collect():
        for sample in family.samples:
            if sample.name == f"{family.name}{suffix}":
                yield sample.labels, sample.value
