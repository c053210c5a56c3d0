"""Expressions that would take the machine down, threads, and forks."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
import time

import pytest

from engine.errors import ExpressionError
from engine.feel import Feel

DOUBLED = 'if i = 1 then "aaaaaaaaaaaaaaaa" else partial[-1] + partial[-1]'
BOMBS = {
    "endless loop": "for i in 1..1000000000 return i",
    "fractional loop": "for i in 0.5..3 return i",
    "cartesian": "for a in 1..1000, b in 1..1000, c in 1..1000 return 1",
    "doubled text": f"for i in 1..40 return {DOUBLED}",
    "flattened text": f'contains((for i in 1..25 return {DOUBLED})[-1], "b")',
    "replaced text": f'replace((for i in 1..24 return {DOUBLED})[-1], "a", "bbbbbbbbbbbbb")',
    "split text": f'split((for i in 1..22 return {DOUBLED})[-1], "")',
    "upper case": f"upper case((for i in 1..25 return {DOUBLED})[-1])",
    "doubled list": "count(for i in 1..40 return if i = 1 then [1] else"
    " concatenate(partial[-1], partial[-1]))",
    "nested list": "for i in 1..40 return if i = 1 then [1] else [partial[-1], partial[-1]]",
    "regular expression": 'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "^(a+)+$")',
    "sorting": "sort(for i in 1..1000000 return -i, function(a, b) a < b)",
    "flattening": "flatten(for i in 1..100000 return [i])",
    "brackets": "[" * 190 + "1" + "]" * 190,
    "parentheses": "(" * 4000 + "1" + ")" * 4000,
    "words": " ".join(["a"] * 4900),
    "operators": "a" + " in (b" * 180,
    "ifs": "if a then " * 900 + "1",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_an_expression_error_within_a_second(name):
    feel = Feel()
    feel.evaluate(["count([1])"], {})
    before = time.process_time()
    with pytest.raises(ExpressionError) as stopped:
        feel.conditions([BOMBS[name]], {"a": 1, "b": 1})
    used = time.process_time() - before
    print(f"{name}: {used:.2f} s, {stopped.value.params['reason']}")
    assert used < 1.0
    assert feel.evaluate(["count([1, 2])"], {}) == [2]
    feel.close()


def test_bombs_leave_the_memory_sane():
    feel = Feel()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for bomb in ("endless loop", "doubled list", "flattened text", "sorting"):
        with pytest.raises(ExpressionError):
            feel.conditions([BOMBS[bomb]], {})
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    feel.close()
    assert grown < 400 * 1024, f"{grown // 1024} MiB more at the peak"


def test_a_memory_limit_names_itself():
    feel = Feel(seconds=5)
    with pytest.raises(ExpressionError) as stopped:
        feel.evaluate([BOMBS["doubled list"]], {})
    assert stopped.value.params["reason"] == "memory"
    feel.close()


def test_a_time_limit_names_itself():
    feel = Feel(seconds=0.1)
    with pytest.raises(ExpressionError) as stopped:
        feel.evaluate([BOMBS["regular expression"]], {})
    assert stopped.value.params["reason"] == "timeout"
    assert "100 ms" in stopped.value.detail
    feel.close()


def test_the_little_time_that_a_busy_machine_gives_adds_up(monkeypatch):
    feel = Feel(seconds=0.1)
    clocks = iter([0.0, 0.03, 0.0, 0.03])
    monkeypatch.setattr(feel._isolate, "_spent", lambda: next(clocks))
    with pytest.raises(ExpressionError) as stopped:
        feel.evaluate([BOMBS["regular expression"]], {})
    assert stopped.value.params["reason"] == "timeout"
    assert list(clocks) == []
    feel.close()


def test_threads_share_one_isolate(feel):
    answers: dict[int, list[object]] = {}

    def work(number: int) -> None:
        answers[number] = [
            feel.evaluate(["count(l) + n", "n"], {"l": [1] * i, "n": number}) for i in range(25)
        ]

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == {n: [[i + n, n] for i in range(25)] for n in range(8)}


def test_one_thread_s_bomb_does_not_fail_the_others():
    feel = Feel(seconds=1)
    answers: list[object] = []

    def bomb() -> None:
        with pytest.raises(ExpressionError):
            feel.evaluate([BOMBS["regular expression"]], {})

    def count() -> None:
        answers.extend(feel.evaluate(["count(l)"], {"l": [1, 2]})[0] for _ in range(20))

    threads = [threading.Thread(target=f) for f in (bomb, count, bomb, count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    feel.close()
    assert answers == [2] * 40


STRANGERS = """
import threading
from concurrent.futures import ThreadPoolExecutor
from engine.feel import Feel

older = ThreadPoolExecutor(1)
older.submit(print, "an older thread").result()
feel = Feel()
answers = []
first = threading.Thread(target=lambda: answers.extend(feel.evaluate(["count([1])"], {})))
first.start()
first.join()
older.submit(feel.close).result()
answers += older.submit(feel.evaluate, ["count([1, 2])"], {}).result()
feel.close()
answers += feel.evaluate(["count([1, 2, 3])"], {})
print(answers)
"""


def run_python(source, *arguments):
    """A Python of its own: what crashes there leaves the tests alone."""
    return subprocess.run(
        [sys.executable, "-c", source, *arguments],
        capture_output=True,
        text=True,
        timeout=30,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )


def test_any_thread_may_free_and_renew_an_isolate_that_another_has_made():
    ran = run_python(STRANGERS)
    assert ran.returncode == 0, ran.stderr
    assert "[1, 2, 3]" in ran.stdout


STOPPED = """
import os, subprocess
from engine.feel import Feel

feel = Feel()
assert feel.evaluate(["count([1])"], {}) == [1]
stops = "for _ in 1 2 3; do sleep 0.03; kill -STOP $0; sleep 0.8; kill -CONT $0; done"
subprocess.Popen(["sh", "-c", stops, str(os.getpid())])
print(feel.evaluate(["count(for i in 1..20000 return i)"], {}))
"""


def test_a_machine_that_stands_still_is_not_the_expression_s_fault():
    ran = run_python(STOPPED)
    assert ran.returncode == 0, ran.stderr
    assert "[20000]" in ran.stdout


FORKING = """
import os, sys, threading
from engine.feel import Feel

feel = Feel()
if sys.argv[1] == "used":
    assert feel.evaluate(["count([1])"], {}) == [1]
if sys.argv[1] == "busy":
    def busy():
        try:
            feel.evaluate(['matches("' + "a" * 50 + '!", "^(a+)+$")'], {})
        except Exception:
            pass
    threading.Thread(target=busy).start()
    import time; time.sleep(0.2)
pid = os.fork()
ok = feel.evaluate(["count([1, 2])"], {}) == [2]
if pid == 0:
    sys.exit(0 if ok else 3)
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
print("child", status, "parent", ok)
sys.exit(status)
"""


@pytest.mark.parametrize("parent", ["unused", "used", "busy"])
def test_parent_and_child_of_a_fork_each_have_their_isolate(parent):
    ran = run_python(FORKING, parent)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "child 0 parent True" in ran.stdout
    assert "Traceback" not in ran.stderr
