"""Every scenario beside a diagram comes true; a wrong one fails in a sentence."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from engine import Engine
from engine.definitions import Bundle
from engine.identity import SYSTEM
from tests.conftest import execute
from web.cli.scenarios import player
from workflows.registry import registry
from workflows.scenarios.house import bundle_folders
from workflows.scenarios.loading import scenario_files

BUNDLES = Path(__file__).parents[2] / "bpmn"
CONTRACT = BUNDLES / "contract"


@pytest.fixture(scope="module")
def stage():
    """Runs scenarios of the contract."""
    with player(CONTRACT) as opened:
        yield opened


@pytest.fixture(scope="module", params=bundle_folders(BUNDLES), ids=lambda folder: folder.name)
def rehearsed(request):
    """Runs the scenarios of one bundle after the other."""
    with player(request.param) as opened:
        yield opened


def test_every_process_can_be_deployed_beside_the_others(database, settings, clock):
    engine = Engine(database, registry(settings), clock=clock)
    for folder in bundle_folders(BUNDLES):
        engine.deploy(Bundle.from_folder(folder), actor=SYSTEM)
    assert {each.key for each in engine.definitions()} == {
        folder.name for folder in bundle_folders(BUNDLES)
    }


def test_every_lifecycle_has_scenarios():
    assert [folder.name for folder in bundle_folders(BUNDLES) if not scenario_files(folder)] == []


def test_the_scenarios_of_a_lifecycle_come_true(rehearsed):
    outcomes = [rehearsed.run(file) for file in scenario_files(rehearsed.folder)]
    failed = {each.file.name: each.failures[0].sentence for each in outcomes if each.failures}
    assert failed == {}
    coverage = rehearsed.coverage(outcomes)
    assert coverage.passed.elements <= set(coverage.elements), "a neighbour's cases count for it"
    assert coverage.passed.flows <= set(coverage.flows)
    assert 30 < coverage.per_cent <= 100


OPENED = "  - {do: open_contract, as: student}\n"
TWO_CASES = """\
  - {do: open_contract, as: student, keep: first}
  - {do: open_contract, as: other_student, with: {student: other_student}, keep: other}
  - {complete: draft, as: student, case: $first, data: $draft}
  - {expect: {open: [draft, check_coherence], facts: {$other: $mobility}}}
  - {complete: draft, as: other_student, process: contract, data: $draft}
  - {complete: check_coherence, as: coordinator, number: 2, outcome: approve}
  - {complete: sign_student, as: other_student, case: $other, outcome: approve}
"""
DRAFTED = OPENED + "  - {complete: draft, as: student, data: $draft}\n"


@pytest.fixture
def play(stage, tmp_path):
    """Runs the steps of a scenario; the sentence of its failure, or an empty text."""

    def run(steps):
        file = tmp_path / "story.yaml"
        file.write_text(f"title: T\nat: 2026-04-07T09:00\nsteps:\n{steps}", encoding="utf-8")
        failures = stage.run(file).failures
        return failures[0] if failures else None

    return run


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        (
            OPENED + "  - expect: {open: [check_coherence]}\n",
            "Open tasks are expected to be check_coherence; they are contract/draft (student:",
        ),
        (OPENED + "  - expect: {open: []}\n", "expected to be none; they are contract/draft"),
        (
            OPENED + "  - expect: {due: {draft: 2026-04-27}}\n",
            "'draft' is expected to be due on 2026-04-27; it is due on 2026-04-28.",
        ),
        (
            OPENED + "  - expect: {due: {sign_student: 2026-04-27}}\n",
            "'sign_student' is expected to be due on 2026-04-27, but is not open.",
        ),
        (
            OPENED + "  - expect: {finished: [contract]}\n",
            "'contract' is expected to be finished; it is running, with the open tasks contract/",
        ),
        (
            "  - expect: {running: [contract]}\n",
            "'contract' is expected to be running, but no such case has begun.",
        ),
        (
            OPENED + "  - expect: {mails: [{to: ri}]}\n",
            "A mail is expected to ri; 0 fit, of 1: to lea.martin@example.org: Rédiger le contrat",
        ),
        (
            OPENED + "  - expect: {mails: [{to: student, contains: [Rédiger, jamais]}]}\n",
            "A mail is expected to student, with 'Rédiger', with 'jamais'; 0 fit",
        ),
        (
            OPENED + "  - expect: {mails: [{to: student, count: 2}]}\n",
            "Exactly 2 mail is expected to student; 1 fit",
        ),
        (OPENED + "  - expect: {mails: []}\n", "No mail is expected; there are: to lea.martin"),
        (
            OPENED + "  - expect: {documents: [transcript]}\n",
            "A document is expected: transcript; 0 fit, of none.",
        ),
        (
            OPENED + "  - expect: {documents: [{kind: transcript, language: fr}]}\n",
            "A document is expected: transcript, language fr; 0 fit, of none.",
        ),
        (OPENED + "  - expect: {incidents: 1}\n", "1 incidents are expected; there are 0: none"),
        (
            OPENED + "  - expect: {facts: {$contract_status: signed}}\n",
            "$contract_status is expected to be 'signed'; it is 'draft'.",
        ),
        (
            OPENED + "  - expect: {facts: {$contract_state: signed}}\n",
            "Nobody knows '$contract_state'; there are: ",
        ),
        ("  - expect: {facts: {$mobility: 1}}\n", "No step has opened a case of a mobility yet."),
        ("  - {do: conjure}\n", "There is no action 'conjure'; there are: "),
        (
            "  - {do: open_contract, as: student, with: {partnre: uu.se}}\n",
            "Unknown argument partnre; there are: academic_year, department, mobility_type,",
        ),
        (
            "  - {do: open_contract, as: student, with: {student: nobody}}\n",
            "'nobody' has no account.",
        ),
        (
            "  - {do: open_contract, as: partner}\n",
            "The partner has no account and can only complete work items.",
        ),
        (
            OPENED + "  - {complete: sign_student, as: student, outcome: approve}\n",
            "No task 'sign_student' is open; open are: contract/draft (student:",
        ),
        (
            OPENED + "  - {complete: draft, as: student, number: 2}\n",
            "There is no such task number 2; open are: contract/draft",
        ),
        (
            OPENED + "  - {complete: draft, as: student, case: other}\n",
            "No task 'draft' is open",
        ),
        (
            OPENED + "  - {complete: draft, as: student, data: $mobility}\n",
            "The data of 'draft' are a mapping, not int.",
        ),
        (
            OPENED + "  - {complete: draft, as: student, data: {$draft: {}, more: 1}}\n",
            "'$draft' with arguments stands alone in its mapping.",
        ),
        (
            OPENED + "  - {complete: draft, as: student}\n",
            "It is refused: invalid_input: Some of the values are not acceptable. (sending_",
        ),
        (
            DRAFTED + "  - {complete: check_coherence, as: student, outcome: approve}\n",
            "It is refused: forbidden: This task is not offered to you.",
        ),
        (
            OPENED + "  - refuse: {complete: draft, as: student, data: $draft, error: required}\n",
            "'required' is expected, but it is accepted.",
        ),
        (
            OPENED + "  - refuse: {complete: draft, as: student, error: forbidden}\n",
            "'forbidden' is expected; the refusal is invalid_input: ",
        ),
        (
            OPENED + "  - refuse: {complete: draft, as: student, error: {language: required}}\n",
            "{'language': 'required'} is expected; the refusal is invalid_input: ",
        ),
        (
            OPENED + "  - refuse: {complete: sign_student, as: student, error: not_found}\n",
            "No task 'sign_student' is open",
        ),
        ("  - {message: news}\n", "The message 'news' was not delivered."),
        ("  - {until: 2026-04-01}\n", "It is 2026-04-07T07:00:00+00:00 already."),
    ],
)
def test_what_is_otherwise_fails_in_a_sentence(play, steps, sentence):
    failure = play(steps)
    assert failure is not None
    assert sentence in failure.sentence
    if failure.number:
        assert failure.number == steps.count("\n")
        assert failure.line == failure.number + 3


@pytest.mark.parametrize(
    "steps",
    [
        OPENED + "  - expect: {open: [contract/draft], mails: [{to: lea.martin@example.org}]}\n",
        TWO_CASES,
        OPENED + "  - {do: sign_contract, with: {draft: {language: en}}}\n"
        "  - {expect: {finished: [contract], documents: []}}\n",
        "  - {message: news, delivered: false}\n",
        DRAFTED + "  - {wait: P2D}\n  - {expect: {due: {check_coherence: 2026-04-14}}}\n",
        OPENED + "  - {expect: {facts: {$student: $student, $business_key: $business_key}}}\n",
    ],
)
def test_what_is_as_it_says_passes(play, steps):
    assert play(steps) is None


def test_an_incident_that_no_step_expects_fails_at_once(stage, play, monkeypatch):
    def broken(*_):
        raise ConnectionError("nobody answers")

    performer = stage._registry.job_kinds["office.task"]
    monkeypatch.setattr(performer, "perform", broken, raising=True)
    failure = play(OPENED + "  - {wait: P30D}\n  - {wait: P1D}\n")
    assert failure.number == 2
    assert "There is an incident: a job: job_failed" in failure.sentence
    assert (
        play(OPENED + "  - {wait: P30D}\n  - {expect: {incidents: 1}}\n  - {wait: P1D}\n") is None
    )


@pytest.fixture
def database_url(sqlite_url):
    """The command runs beside an installation that it must not touch; one kind will do."""
    return sqlite_url


@pytest.fixture
def folder(tmp_path):
    """A bundle with a diagram of its own and one scenario that fails."""
    bundle = tmp_path / "bundles" / "contract"
    (bundle / "scenarios").mkdir(parents=True)
    for file in (*CONTRACT.glob("*.bpmn"), *CONTRACT.glob("*.dmn")):
        (bundle / file.name).write_bytes(file.read_bytes())
    (bundle / "forms").mkdir()
    for file in (CONTRACT / "forms").iterdir():
        (bundle / "forms" / file.name).write_bytes(file.read_bytes())
    return bundle


def written(folder, name, steps):
    text = f"title: {name.title()}\nat: 2026-04-07T09:00\nsteps:\n{textwrap.dedent(steps)}"
    (folder / "scenarios" / f"{name}.yaml").write_text(text, encoding="utf-8")


def test_the_command_tells_of_each_scenario_and_exits_with_zero(cli, folder):
    written(folder, "one", OPENED)
    written(folder, "two", DRAFTED)
    answer = cli("process", "test", folder)
    assert answer.code == 0
    lines = answer.out.splitlines()
    assert [line.split("  ")[0] for line in lines[:2]] == ["passed", "passed"]
    assert lines[-1] == "2 scenarios: 2 passed, 0 failed."


def test_the_command_tells_the_step_that_failed_and_exits_with_one(cli, folder):
    written(folder, "one", OPENED)
    written(folder, "wrong", OPENED + "  - {expect: {open: []}}\n")
    answer = cli("process", "test", folder)
    assert answer.code == 1
    assert "wrong.yaml:5: step 2: Open tasks are expected to be none; they are" in answer.out
    assert "2 scenarios: 1 passed, 1 failed." in answer.out


def test_the_command_speaks_json(cli, folder):
    written(folder, "one", OPENED)
    written(folder, "wrong", "  - {do: conjure}\n")
    written(folder, "worse", "  - {conjure: it}\n")
    answer = cli("process", "test", folder, "--json")
    assert answer.code == 1
    one, worse, wrong = answer.json["scenarios"]
    assert (one["title"], one["passed"], one["failures"]) == ("One", True, [])
    assert (wrong["failures"][0]["step"], wrong["failures"][0]["line"]) == (1, 4)
    assert "worse.yaml:4: step 1: A step is one of" in worse["failures"][0]["message"]


def test_the_command_tells_what_each_scenario_and_all_together_have_passed(cli, folder):
    written(folder, "one", OPENED)
    written(folder, "two", DRAFTED)
    written(folder, "wrong", DRAFTED + "  - {expect: {open: []}}\n")
    answer = cli("process", "test", folder, "--json")
    one, two, wrong = answer.json["scenarios"]
    assert set(one["elements"]) == {
        "opened",
        "where_to_begin",
        "to_be_written",
        "set_deadlines",
        "draft",
    }
    assert set(two["elements"]) == {*one["elements"], "check_coherence"}
    assert set(two["flows"]) > set(one["flows"])
    assert wrong["flows"] == two["flows"], "a scenario that fails has passed what it has passed"
    together = answer.json["coverage"]["contract"]
    assert set(together["elements"]) == set(two["elements"])
    assert "sign_student" in together["missed_elements"]
    number = len(together["elements"]) + len(together["flows"])
    missed = len(together["missed_elements"]) + len(together["missed_flows"])
    assert together["per_cent"] == 100 * number // (number + missed)
    said = cli("process", "test", folder).out
    assert f"contract: {together['per_cent']} % passed, " in said
    assert "sign_student" in said


def test_what_breaks_an_action_is_a_failure_with_its_trace(play):
    failure = play("  - {do: open_contract, as: student, with: {partner: [1]}}\n")
    assert (failure.code, failure.number) == ("broken", 1)
    assert failure.sentence.startswith("It breaks off: ")
    assert "Traceback" in failure.trace


def test_what_was_expected_and_what_is_stand_apart(play):
    failure = play(OPENED + "  - expect: {facts: {$contract_status: signed}}\n")
    assert (failure.code, failure.expected, failure.found) == (
        "facts",
        "$contract_status: 'signed'",
        "$contract_status: 'draft'",
    )


def test_a_single_file_may_be_run(cli, folder):
    written(folder, "one", OPENED)
    written(folder, "wrong", "  - {do: conjure}\n")
    answer = cli("process", "test", folder / "scenarios" / "one.yaml")
    assert (answer.code, len(answer.out.splitlines())) == (0, 3)


def test_a_neighbour_takes_part_where_the_story_names_it(cli, folder):
    steps = OPENED + "  - {do: sign_contract}\n  - {expect: {finished: [contract]}}\n"
    file = folder / "scenarios" / "alone.yaml"
    file.parent.mkdir(exist_ok=True)
    story = "title: T\nat: 2026-04-07T09:00\nprocesses: [nowhere]\nsteps:\n" + steps
    file.write_text(story, encoding="utf-8")
    answer = cli("process", "test", folder)
    assert answer.code == 1
    assert "There is no bundle nowhere beside contract." in answer.out
    file.write_text(story.replace("processes: [nowhere]\n", ""), encoding="utf-8")
    assert cli("process", "test", folder).code == 0


def test_a_bundle_that_cannot_be_deployed_is_refused(cli, folder):
    written(folder, "one", OPENED)
    (folder / "deadlines.dmn").unlink()
    answer = cli("process", "test", folder)
    assert answer.code == 1
    assert "[unknown_decision]" in answer.err


def test_a_folder_without_scenarios_is_refused(cli, folder):
    answer = cli("process", "test", folder)
    assert answer.code == 1
    assert "holds no scenario; write one in scenarios/*.yaml." in answer.err


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request, tmp_path):
    """The URL of a database without a table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    server = request.getfixturevalue("postgresql")
    name = f"scenarios_{request.getfixturevalue('worker_id')}"
    execute(server.url(), f"CREATE DATABASE {name}")
    yield server.url(name)
    execute(server.url(), f"DROP DATABASE {name}")


def test_an_empty_database_may_be_named_and_is_left_empty(cli, folder, empty_url):
    written(folder, "one", OPENED)
    written(folder, "two", DRAFTED)
    for _ in range(2):
        answer = cli("process", "test", folder, "--database-url", empty_url)
        assert (answer.code, answer.err) == (0, ""), answer


def test_a_database_in_use_is_not_touched(cli, folder, database_url):
    written(folder, "one", OPENED)
    answer = cli("process", "test", folder, "--database-url", database_url)
    assert answer.code == 1
    assert "Scenarios are run in an empty database, which they leave empty; this one has" in (
        answer.err
    )
