"""`passerelle process migrate`: looked at and done, with exit codes for CI."""

import pytest

from engine import Actor, Labels, Reason
from tests.builders import Diagram
from web.cli.migrating import SENTENCES
from web.root import build_engine

CHIEF = Actor("person:9", "Chief", frozenset({"ri"}), oversees=True)


@pytest.fixture
def database_url(sqlite_url):
    """One kind of database: what it does to cases is tested on both elsewhere."""
    return sqlite_url


def version(*, ask="ask", last=""):
    diagram = Diagram("case").start().user(ask).user("decide").end()
    if last:
        return diagram.user(last).flow("begin", ask, "decide", last, "finish").bundle()
    return diagram.flow("begin", ask, "decide", "finish").bundle()


@pytest.fixture
def engine(settings):
    """The installation's own engine, with two cases on version 1 of a process."""
    built = build_engine(settings)
    built.deploy(version(), actor=CHIEF)
    for number, org_unit in enumerate(("lea", "his")):
        built.start(
            "case",
            actor=CHIEF,
            business_key=f"M-{number}",
            variables={},
            labels=Labels(org_unit=org_unit),
        )
    yield built
    built.database.dispose()


def test_a_dry_run_tells_and_moves_nothing(cli, engine):
    engine.deploy(version(last="archive"), actor=CHIEF)
    for _ in range(2):
        answer = cli("process", "migrate", "case", "--from", 1, "--to", 2, "--dry-run")
        assert (answer.code, answer.out) == (0, "2 would move (0 to mapped steps), 0 stay.\n")


def test_cases_move_and_doing_it_again_finds_none(cli, engine):
    engine.deploy(version(last="archive"), actor=CHIEF)
    answer = cli("process", "migrate", "case", "--from", 1, "--to", 2, "--filter", "department=lea")
    assert (answer.code, answer.out) == (0, "1 moved (0 to mapped steps), 0 stay.\n")
    assert cli("process", "migrate", "case", "--from", 1, "--to", 2, "--json").json == {
        "dry_run": False,
        "unchanged": 1,
        "mapped": 0,
        "stays": 0,
        "staying": [],
    }
    assert "0 moved" in cli("process", "migrate", "case", "--from", 1, "--to", 2).out
    assert [each.running for each in engine.migrations("case")] == [False] * 3


def test_cases_that_stay_are_exit_code_1_and_named_with_their_reason(cli, engine):
    engine.deploy(version(ask="question"), actor=CHIEF)
    answer = cli("process", "migrate", "case", "--from", 1, "--to", 2, "--dry-run", "--json")
    assert answer.code == 1
    assert [(each["case"], each["reason"]) for each in answer.json["staying"]] == [
        ("M-0", "removed"),
        ("M-1", "removed"),
    ]
    told = cli("process", "migrate", "case", "--from", 1, "--to", 2)
    assert told.code == 1
    assert "the target lacks the step, and none is mapped" in told.out
    mapped = cli("process", "migrate", "case", "--from", 1, "--to", 2, "--map", "ask=question")
    assert (mapped.code, mapped.out) == (0, "2 moved (2 to mapped steps), 0 stay.\n")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--to", 7], "has no version 7; there are: 1, 2"),
        (["--to", 1], "not acceptable"),
        (["--to", 2, "--map", "ask"], "--map needs NAME=VALUE, not 'ask'."),
        (["--to", 2, "--map", "ask=nothing"], "unmappable:ask=nothing"),
        (["--to", 2, "--filter", "colour=red"], "There is no filter 'colour'"),
    ],
)
def test_what_cannot_be_tried_is_a_sentence_and_exit_code_2(cli, engine, more, said):
    engine.deploy(version(last="archive"), actor=CHIEF)
    answer = cli("process", "migrate", "case", "--from", 1, *more)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err


def test_every_reason_has_a_sentence():
    assert set(SENTENCES) == set(Reason)
