"""A package of somebody else's adds an approval step: docs/approval-steps.md, executed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```\w+ title=(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

STORY = """
import sys
from engine import SYSTEM, Actor, Bundle, Database, DeploymentRejected, Engine, Registry
from engine.approvals import options_of
from engine.tables import metadata
from tests.builders import Diagram

url, task = sys.argv[1], open(sys.argv[2]).read()
database = Database(url)
engine = Engine(database, Registry())

def bundle(task):
    diagram = Diagram().start().node("userTask", "check").end().flow("begin", "check", "finish")
    xml = diagram.xml().decode()
    start = xml.index("<bpmn:userTask"); end = xml.index("</bpmn:userTask>") + 16
    return Bundle("case", {"case.bpmn": (xml[:start] + task + xml[end:]).encode()})

try:
    engine.deploy(bundle(task.replace("approval.veto", "approval.vote")), actor=SYSTEM)
except DeploymentRejected as rejected:
    assert any("veto" in problem.message for problem in rejected.problems), rejected.problems
else:
    raise SystemExit("a step without its option was deployed")

offered = options_of(engine.registry.approval_steps["veto"])
assert [(each.name, each.expression, each.required) for each in offered] == [("veto", True, True)]

engine.deploy(bundle(task), actor=SYSTEM)
ana = Actor("person:1", groups=frozenset({"office"}))
ri = Actor("person:2", groups=frozenset({"ri"}))
for outcomes, expected in ((("approve",), "approve"), (("veto",), "reject")):
    case = engine.start("case", actor=SYSTEM, business_key="M-1", variables={})
    decides, vetoes = case.work_items
    if outcomes == ("veto",):
        done = engine.complete(vetoes, actor=ri, outcome="reject", reason="No", idempotency_key="2")
    else:
        done = engine.complete(decides, actor=ana, outcome="approve", idempotency_key="1")
    assert done.outcome == expected and done.instance_finished, done
print("the step works")
"""


@pytest.fixture(scope="module")
def documented():
    """The files shown on the page, by name."""
    return dict(BLOCK.findall((ROOT / "docs" / "approval-steps.md").read_text()))


@pytest.fixture(scope="module")
def installed(documented, tmp_path_factory):
    """The documented package, built and installed by pip into a folder of its own."""
    source, target = tmp_path_factory.mktemp("package"), tmp_path_factory.mktemp("installed")
    for name in ("passerelle_veto.py", "pyproject.toml"):
        (source / name).write_text(documented[name])
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    offline = ["--no-build-isolation", "--no-index", "--target", str(target), str(source)]
    subprocess.run([*pip, *offline], check=True, capture_output=True, text=True)
    return target


def test_a_documented_package_adds_a_kind_that_works_in_a_diagram(
    documented, installed, database_url, tmp_path
):
    task = tmp_path / "task.xml"
    task.write_text(documented["task.xml"])
    ran = subprocess.run(
        [sys.executable, "-c", STORY, database_url, str(task)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(installed), str(ROOT)))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "the step works" in ran.stdout


def test_the_page_lists_every_built_in_step():
    from engine.approvals.registry import installed_steps

    page = (ROOT / "docs" / "approval-steps.md").read_text()
    assert {f"| `{kind}` |" for kind in installed_steps()} <= set(re.findall(r"\| `\w+` \|", page))
