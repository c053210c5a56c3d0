"""What scenarios can do with publications."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from engine.definitions import Bundle
from workflows.publication.services import PROCESS, ask, withdraw

if TYPE_CHECKING:
    from workflows.scenarios.stage import Stage


def _ask(stage: Stage, arguments: Mapping[str, Any]) -> None:
    """Change a draft of the process and ask for its publication."""
    stage.given(arguments)
    engine = stage.engine
    in_force = engine.versions(PROCESS)[0]
    files = engine.definition(in_force.definition_id).bundle.files
    another = Bundle(PROCESS, {**files, "scenarios/another.yaml": b"title: Another"})
    revision = engine.save_definition_draft(
        another, actor=stage.actor, revision=None, based_on=in_force.number
    )
    with stage.unit() as unit:
        ask(engine, unit, PROCESS, note="Autre", revision=revision, replacing=in_force.number)


def _withdraw(stage: Stage, arguments: Mapping[str, Any]) -> None:
    """Take it back."""
    stage.given(arguments)
    planned = stage.engine.planned_publication(PROCESS)
    assert planned is not None, "nothing is asked"
    with stage.unit() as unit:
        withdraw(stage.engine, unit, planned)


def _version(stage: Stage, _: Mapping[str, Any]) -> int:
    return stage.engine.versions(PROCESS)[0].number


ACTIONS: Mapping[str, Callable[[Stage, Mapping[str, Any]], Any]] = {
    "ask_publication": _ask,
    "withdraw_publication": _withdraw,
}
FILLERS: Mapping[str, Callable[[Stage, Mapping[str, Any]], Any]] = {"published_version": _version}
