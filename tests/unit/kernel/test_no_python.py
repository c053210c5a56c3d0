"""Nothing a diagram says is ever run as Python, and SpiffWorkflow stays behind its seam."""

from __future__ import annotations

import ast
import builtins
from pathlib import Path

import pytest

import engine.kernel
from engine.kernel import Run
from engine.kernel.scopes import NoScripts
from tests.unit.kernel.diagrams import over

KERNEL = Path(engine.kernel.__file__).parent
HARMFUL = "__import__('os').system('touch /tmp/harmed')"


@pytest.mark.parametrize("method", ["evaluate", "execute", "call_service"])
def test_the_stock_script_engine_is_replaced_by_one_that_refuses(case, method):
    instance = case("s:start -> a:user").run()._instance
    assert isinstance(instance.script_engine, NoScripts)
    with pytest.raises(PermissionError):
        getattr(instance.script_engine, method)(None, HARMFUL)
    with pytest.raises(PermissionError):
        _ = instance.script_engine.environment


def test_no_expression_of_a_diagram_is_evaluated_by_python(case, fake, monkeypatch):
    class Anything(fake):
        def _value(self, expression, context):
            assert expression == HARMFUL
            return 2 if "cardinality" in context else True

    def refuse(*_arguments, **_options):
        raise AssertionError("a diagram was run")

    marker = (
        f"<multiInstanceLoopCharacteristics><loopCardinality>{HARMFUL}</loopCardinality>"
        f"<completionCondition>{HARMFUL}</completionCondition></multiInstanceLoopCharacteristics>"
    )
    flows = f"""
        s:start -> g:xor -> a:user [{HARMFUL}]
        g -> b:user [default]
        t:on-timer={HARMFUL}@a -> c:user
        """
    monkeypatch.setattr(builtins, "eval", refuse)
    monkeypatch.setattr(builtins, "exec", refuse)
    assert case(flows, {"x": 1}, evaluator=Anything()).do("t").waiting == ["c"]
    run = case(
        "s:start -> a:user -> b:user", {"cardinality": 1}, evaluator=Anything(), a_marker=marker
    )
    assert run.waiting == ["a", "a"]
    assert not Path("/tmp/harmed").exists()  # noqa: S108 - what the payload would have made


def test_only_the_seam_imports_spiffworkflow():
    for path in KERNEL.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            if any(name.startswith("SpiffWorkflow") for name in names):
                assert path.name == "spiff.py"


def test_the_kernel_reads_no_clock_and_draws_no_lots():
    for path in KERNEL.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import | ast.ImportFrom):
                module = getattr(node, "module", None) or node.names[0].name
                assert module.split(".")[0] not in {"time", "datetime", "random", "uuid"}


def test_a_run_takes_and_gives_plain_values(case):
    run = case("s:start -> a:user -> b:user", {"xs": [1]}, a_marker=over("xs"))
    assert isinstance(run.run(), Run)
    assert type(run.variables) is dict
