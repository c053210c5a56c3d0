"""What a page shows of a bundle: its diagram, the same as text, its files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask import request

from engine.definitions import Bundle, DefinitionModel, Element, describe
from engine.errors import DeploymentRejected
from web.i18n import translated

_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}")


@dataclass(frozen=True, slots=True)
class Node:
    """An element of the diagram as it is read: its name, or its id where it has none."""

    id: str
    type: str
    name: str
    lane: str


@dataclass(frozen=True, slots=True)
class Way:
    """A sequence flow from name to name, and under which condition."""

    id: str
    source: str
    target: str
    condition: str


@dataclass(frozen=True, slots=True)
class Outline:
    """A diagram as text; ``chosen`` is the id that the page points at.

    It may name what only the drawing has: an element that is not executed.
    """

    nodes: tuple[Node, ...]
    ways: tuple[Way, ...]
    chosen: str


def outline_of(bundle: Bundle) -> Outline | None:
    """The textual equivalent of a bundle's diagrams; None where they cannot be read."""
    model = model_of(bundle)
    if model is None or not model.bpmn_files:
        return None
    names = {id_: _name(element) for id_, element in model.elements.items()}
    nodes = tuple(
        Node(each.id, each.type, names[each.id], each.lane or "")
        for each in model.elements.values()
    )
    ways = tuple(
        Way(
            each.id,
            names.get(each.source, each.source),
            names.get(each.target, each.target),
            each.condition or "",
        )
        for each in model.flows.values()
    )
    return Outline(nodes, ways, chosen_element())


def chosen_element() -> str:
    """The id of the element that the address points at, empty where it names none."""
    asked = request.args.get("element", "")
    return asked if _ID.fullmatch(asked) else ""


def model_of(bundle: Bundle) -> DefinitionModel | None:
    """What the diagrams of a bundle say; None where one cannot be read."""
    try:
        return describe(bundle)
    except DeploymentRejected:
        return None  # a draft may be half a file; its problems are listed beside


def drawn(bundle: Bundle) -> bytes | None:
    """The diagram to be shown; None where there is none that can be read."""
    return bundle.files.get(drawn_file(bundle))


def drawn_file(bundle: Bundle) -> str:
    """The file of the process which cases start with, else the first diagram; else empty."""
    model = model_of(bundle)
    if model is None or not model.bpmn_files:
        return ""
    facts = model.processes.get(model.process_id)
    return facts.file if facts else model.bpmn_files[0]


def sizes_of(bundle: Bundle) -> Mapping[str, int]:
    """The files with their sizes in bytes."""
    return {name: len(data) for name, data in bundle.files.items()}


def _name(element: Element) -> str:
    return translated(element.names).strip() or element.id
