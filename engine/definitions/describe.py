"""From a bundle to its static facts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol, TypeVar

from engine.definitions.bundle import Bundle
from engine.definitions.extract import FileFacts, extract
from engine.definitions.guard import read_xml
from engine.definitions.model import (
    DEFAULT_TIME_ZONE,
    LOCALES,
    DefinitionModel,
    Message,
    ProcessFacts,
)
from engine.definitions.normalize import is_true, normalize, to_bytes
from engine.definitions.problems import Problem
from engine.definitions.xmlns import Node, attribute, bpmn, children, elements, local_name
from engine.errors import DeploymentRejected


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=_Identified)


@dataclass(frozen=True)
class Diagram:
    """One BPMN file in its executed form."""

    file: str
    root: Node
    facts: FileFacts


def describe(bundle: Bundle) -> DefinitionModel:
    """The static facts of a bundle that lint found deployable.

    Of a bundle with errors it tells what it can; raises DeploymentRejected when
    a file cannot be read at all.
    """
    diagrams: list[Diagram] = []
    roots: dict[str, Node] = {}
    problems: list[Problem] = []
    for name in bundle.names(".bpmn", ".dmn"):
        root, found = read_xml(name, bundle.files[name])
        problems += found
        if root is None:
            continue
        if name.endswith(".dmn"):
            roots[name] = root
        elif root.tag == bpmn("definitions"):
            diagrams.append(diagram_of(name, root))
    if problems:
        raise DeploymentRejected(problems)
    return build_model(bundle, diagrams, decisions_in(roots), forms_in(bundle))


def names_of(bundle: Bundle) -> Mapping[str, str]:
    """What a process is called by its bundle, by language; its key where that cannot be read."""
    try:
        return describe(bundle).names
    except DeploymentRejected:
        return {"fr": bundle.key}


def diagram_of(file: str, root: Node) -> Diagram:
    """Normalize a parsed file in place and read its facts."""
    marked = frozenset(
        attribute(process, "id")
        for process in children(root, "process")
        if is_true(attribute(process, "isExecutable"))
    )
    normalize(root)
    return Diagram(file, root, extract(file, root, marked))


def build_model(
    bundle: Bundle,
    diagrams: Sequence[Diagram],
    decisions: Mapping[str, str],
    forms: Mapping[str, str],
) -> DefinitionModel:
    """Put the facts of all files together; of two things with one id the first counts."""
    facts = [diagram.facts for diagram in diagrams]
    processes = _by_id(each for one in facts for each in one.processes)
    elements_by_id = _by_id(each for one in facts for each in one.elements)
    called = {each.called_element for each in elements_by_id.values() if each.called_element}
    process_id = main_process(bundle.key, processes, called)
    main = processes.get(process_id)
    starts = [
        each
        for each in elements_by_id.values()
        if each.type == "startEvent" and each.scope == process_id
    ]
    return DefinitionModel(
        key=bundle.key,
        process_id=process_id,
        none_start=any(each.event is None for each in starts),
        message_starts=MappingProxyType({each.message: each.id for each in starts if each.message}),
        names=main.names if main else dict.fromkeys(LOCALES, bundle.key),
        time_zone=main.time_zone if main else DEFAULT_TIME_ZONE,
        processes=processes,
        elements=elements_by_id,
        flows=_by_id(each for one in facts for each in one.flows),
        lanes=_by_id(each for one in facts for each in one.lanes),
        messages=_messages(facts),
        bpmn_files=tuple(diagram.file for diagram in diagrams),
        decisions=MappingProxyType(dict(decisions)),
        forms=MappingProxyType(dict(forms)),
        normalized=MappingProxyType({diagram.file: to_bytes(diagram.root) for diagram in diagrams}),
    )


def main_process(key: str, processes: Mapping[str, ProcessFacts], called: Iterable[str]) -> str:
    """The process an instance starts with, or empty where that is not clear.

    It is the one named as the bundle's key, else the only one not called by
    another.
    """
    if key in processes:
        return key
    candidates = set(processes) - set(called)
    return candidates.pop() if len(candidates) == 1 else ""


def decisions_in(roots: Mapping[str, Node]) -> dict[str, str]:
    """The ids of the decisions in DMN files, each with its file."""
    found: dict[str, str] = {}
    for file, root in roots.items():
        for node in elements(root):
            if local_name(node) == "decision" and attribute(node, "id"):
                found.setdefault(attribute(node, "id"), file)
    return found


def forms_in(bundle: Bundle) -> dict[str, str]:
    """The ids of the forms (``forms/*.json``), each with its file."""
    found: dict[str, str] = {}
    for name in form_files(bundle):
        try:
            schema = json.loads(bundle.files[name])
        except (ValueError, RecursionError):
            continue  # lint names the file; a form without an id cannot be referred to
        identifier = schema.get("id") if isinstance(schema, dict) else None
        if isinstance(identifier, str):
            found.setdefault(identifier, name)
    return found


def form_files(bundle: Bundle) -> tuple[str, ...]:
    """The names of the files that hold forms."""
    return tuple(name for name in bundle.names(".json") if name.startswith("forms/"))


def _by_id(items: Iterable[T]) -> Mapping[str, T]:
    found: dict[str, T] = {}
    for item in items:
        if item.id:
            found.setdefault(item.id, item)
    return MappingProxyType(found)


def _messages(facts: Sequence[FileFacts]) -> Mapping[str, Message]:
    found: dict[str, dict[str, str]] = {}
    for one in facts:
        for identifier, name in one.messages.items():
            if name:
                found.setdefault(name, {}).update(one.correlations.get(identifier, {}))
    return MappingProxyType({name: Message(name, paths) for name, paths in found.items()})
