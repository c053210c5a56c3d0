"""How long lint takes, which the editor asks for at each save."""

from __future__ import annotations

import re
from statistics import median
from time import perf_counter

from engine import Bundle, Engine, Severity
from tests.builders import approvals
from tests.servers import ROOT
from web.cli.installation import unconfigured_engine

ROUNDS = 5
STEPS = 100
_NAMED = re.compile(rb'(id|processRef|sourceRef|targetRef|default)="|(<bpmn:flowNodeRef>)')


def measure(_url: str) -> dict[str, float]:
    """Milliseconds for the largest bundle of the product, and for 400 nodes and their flows."""
    engine = unconfigured_engine()
    shipped = [Bundle.from_folder(each) for each in (ROOT / "bpmn").iterdir() if each.is_dir()]
    largest = max(shipped, key=lambda bundle: max(map(len, bundle.files.values())))
    return {"lint_ms": _took(engine, largest), "lint_400_ms": _took(engine, _large())}


def _large() -> Bundle:
    """Two processes of 200 nodes each: more than is accepted on one level."""
    first = approvals("large", steps=STEPS).xml()
    second = _NAMED.sub(rb"\g<0>second_", first)
    return Bundle("large", {"large.bpmn": first, "second.bpmn": second})


def _took(engine: Engine, bundle: Bundle) -> float:
    times = []
    for _ in range(ROUNDS):
        began = perf_counter()
        problems = engine.lint(bundle)
        times.append(perf_counter() - began)
        assert all(each.severity is not Severity.ERROR for each in problems), problems[:3]
    return round(median(times) * 1000, 1)
