"""The measures of the house: short modules, short functions, no cycles, a current README."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.supported_elements import shown, table

ROOT = Path(__file__).parents[3]
ROOMS = ("engine", "workflows", "web")
TOP_LEVEL = {"engine", "workflows", "web", "bpmn", "tests", "docs"} | {
    "Makefile",
    "README.md",
    "pyproject.toml",
}

MODULE_LINES = 350
FUNCTION_LINES = 45


def modules():
    return sorted(
        path
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if "node_modules" not in path.parts
    )


def test_modules_are_short():
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in modules()
    }
    assert {name: length for name, length in lengths.items() if length > MODULE_LINES} == {}


def test_functions_are_short():
    long = {}
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION_LINES and "migrations/versions" not in str(path):
                    long[f"{path.relative_to(ROOT)}:{node.name}"] = length
    assert long == {}


def test_the_rooms_keep_their_distance():
    """The contracts of import-linter, as `make check` runs them."""
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_only_the_rooms_lie_at_the_top():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    top = {line.split("/")[0] for line in listed.stdout.splitlines()}
    assert {name for name in top if not name.startswith(".")} <= TOP_LEVEL


@pytest.mark.parametrize("command", ["make run", "make test"])
def test_the_readme_names_both_commands(command):
    assert f"    {command}\n" in (ROOT / "README.md").read_text()


def test_the_readme_lists_what_the_engine_runs_now():
    """If not: python -m tests.supported_elements."""
    assert shown() == table()


def test_ci_runs_the_command_of_the_readme():
    assert "exec make test" in (ROOT / ".ci" / "run").read_text()


def test_help_explains_every_target():
    told = subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for target in ("run", "test", "check", "bench", "help"):
        assert f"make {target} " in told
