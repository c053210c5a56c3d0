"""Scenarios that were recorded, or made of a case, play as it was."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import pytest

from engine.definitions import Bundle
from engine.values import InstanceQuery
from web.cli.scenarios import Player
from workflows.scenarios.loading import load_scenario
from workflows.scenarios.recording import (
    RecordingEngine,
    disturbed,
    noting,
    observed,
    paris,
    recorded,
)
from workflows.scenarios.retelling import REASON, Gap, retell
from workflows.scenarios.running import perform
from workflows.scenarios.sheet import sheet_of
from workflows.scenarios.stage import OBSERVER, Stage
from workflows.scenarios.steps import Complete, Do, Message, Wait

BUNDLES = Path(__file__).parents[2] / "bpmn"
STORIES = (
    "admission/arrived",
    "application/nominated",
    "contract/rejected_by_partner",
    "contract_change/rejected_by_partner",
    "difficulty/late",
    "exam_waiver/granted",
    "grade_transfer/contested",
    "grant/settled",
    "meeting/called_off",
    "partnership/renewed",
    "publication/withdrawn",
    "recognition/jury_changes",
    "validation_plan/late_then_changed",
)
"""One of each lifecycle, with as many turns as there are."""


class Recorder(Player):
    """Plays a scenario as people do in a rehearsal, and writes down what they did."""

    engine_class = RecordingEngine

    def record(self, file, bundle=None):
        """The scenario that was recorded, and what the newest case is retold as by a bundle."""
        scenario, kept = load_scenario(file), []
        written = sheet_of(file.read_bytes(), file.name).steps
        with self.stage(self.in_play(scenario)) as engine:
            self.clock.at = scenario.at.astimezone(UTC)
            stage = Stage(engine, self.clock, self.settings.home_hei)
            for placed in scenario.steps:
                kept += self._act(stage, placed, written[placed.number - 1])
            seen = observed(stage, self.folder.name)
            sheet = recorded("T", scenario.at, scenario.processes, kept, seen)
            return sheet, self._retold(engine, bundle or Bundle.from_folder(self.folder))

    def _act(self, stage, placed, row):
        if not isinstance(placed.step, Do | Complete | Message | Wait):
            return []
        with noting() as noted:
            perform(stage, placed)
        if isinstance(placed.step, Wait):
            seen = observed(stage, self.folder.name, all_of_it=False)
            return [{"until": paris(stage.clock.at)}, *disturbed(stage), seen]
        return [*(noted if isinstance(placed.step, Complete) else [row]), *disturbed(stage)]

    def _retold(self, engine, bundle):
        query = InstanceQuery(process=self.folder.name, limit=1)
        (found,) = engine.instances(actor=OBSERVER, query=query).items
        case = engine.instance(found.id, actor=OBSERVER)
        return retell(engine, case, bundle, "T", OBSERVER)

    def failure(self, sheet):
        """How a scenario fails; None where all is as it says."""
        file = self.place / "again.yaml"
        file.write_bytes(sheet.dump(file.name))
        failures = self.run(file).failures
        return (failures[0].sentence, file.read_text(encoding="utf-8")) if failures else None


@pytest.mark.parametrize("story", STORIES)
def test_what_was_recorded_and_what_is_retold_play_as_it_was(story, tmp_path):
    key, name = story.split("/")
    recorder = Recorder(tmp_path, BUNDLES / key, None)
    sheet, told = recorder.record(BUNDLES / key / "scenarios" / f"{name}.yaml")
    assert recorder.failure(sheet) is None
    assert told.sheet is not None
    assert {gap.code for gap in told.gaps} <= {"dates"}
    assert recorder.failure(told.sheet) is None
    assert {row["reason"] for row in told.sheet.steps if "reason" in row} <= {REASON}


def test_what_no_scenario_knows_of_a_case_is_said(tmp_path):
    recorder = Recorder(tmp_path, BUNDLES / "contract", None)
    files = Bundle.from_folder(BUNDLES / "contract").files
    story = BUNDLES / "contract/scenarios/rejected_by_partner.yaml"
    known = {"scenarios/withdrawn.yaml": files["scenarios/withdrawn.yaml"]}
    bundle = Bundle("contract", {"contract.bpmn": files["contract.bpmn"], **known})
    _, told = recorder.record(story, bundle)
    assert Gap("values", "partner_answer") in told.gaps
    assert "El Curso 3" not in told.sheet.dump("told.yaml").decode()
    _, told = recorder.record(story, Bundle("contract", {}))
    assert (told.sheet, told.gaps) == (None, (Gap("no_beginning"),))
