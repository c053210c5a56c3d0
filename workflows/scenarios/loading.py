"""Reading scenario files: YAML without tags, links or surprises, and what is wrong by its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from marshmallow import ValidationError

from workflows.scenarios.schemas import MAX_STEPS, Moment, load_step
from workflows.scenarios.steps import Placed, Scenario

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20
MAX_VALUES = 20_000
"""Texts, lists and mappings in a file: five hundred steps have fewer, and more take too long."""
SUFFIXES = (".yaml", ".yml")


class ScenarioInvalid(Exception):
    """A file is no scenario; ``sentences`` say what is wrong and where."""

    def __init__(self, sentences: list[str]) -> None:
        self.sentences = sentences
        super().__init__("\n".join(sentences))


def scenario_files(folder: Path) -> list[Path]:
    """The scenario files of a bundle's folder, by name."""
    found = (folder / "scenarios").glob("*")
    return sorted(path for path in found if path.suffix in SUFFIXES and path.is_file())


def load_scenario(path: Path) -> Scenario:
    """The scenario in a file. Raises ScenarioInvalid, OSError."""
    return read_scenario(path.read_bytes(), path.stem, str(path))


def read_scenario(content: bytes, name: str, place: str) -> Scenario:
    """The scenario in the bytes of a file called ``place``. Raises ScenarioInvalid."""
    data, lines = _plain(content, place)
    return _scenario(data, lines, name, place)


def _scenario(data: Mapping[str, Any], lines: list[int], name: str, place: str) -> Scenario:
    sentences: list[str] = []
    title, at = data.get("title"), data.get("at")
    if not isinstance(title, str) or not title.strip():
        sentences.append(f"{place}:1: title: Say in a line what the scenario shows.")
    began: datetime | None = None
    try:
        began = Moment().deserialize(at)
    except ValidationError as error:
        sentences.append(f"{place}:1: at: {error.messages[0]}")
    sentences += [f"{place}:1: {key}: Unknown field." for key in data if key not in _KEYS]
    processes = data.get("processes", [])
    if not isinstance(processes, list) or not all(isinstance(name, str) for name in processes):
        sentences.append(f"{place}:1: processes: Write a list of names of bundles.")
        processes = []
    given = data.get("steps")
    if not isinstance(given, list) or not 0 < len(given) <= MAX_STEPS:
        sentences.append(f"{place}:1: steps: Write a list of 1 to {MAX_STEPS} steps.")
        given = []
    steps: list[Placed] = []
    for number, step in enumerate(given, start=1):
        line = lines[number - 1]
        try:
            steps.append(Placed(number, line, load_step(step)))
        except ValidationError as error:
            wrong = flattened({error.field_name: error.messages})
            sentences += [f"{place}:{line}: step {number}: {sentence}" for sentence in wrong]
    if sentences or began is None:
        raise ScenarioInvalid(sentences)
    return Scenario(name, str(title).strip(), began, tuple(steps), tuple(processes))


def plain_values(content: bytes, place: str) -> dict[str, Any]:
    """What a file that is a scenario holds, as plain values. Raises ScenarioInvalid."""
    data, lines = _plain(content, place)
    _scenario(data, lines, place, place)
    return data


def plain_value(text: str, place: str) -> Any:
    """What a piece of YAML holds; None where it is empty. Raises ScenarioInvalid."""
    if not text.strip():
        return None
    root = _read(text.encode("utf-8", "surrogatepass"), place)
    return _constructed(root, place)


def _plain(content: bytes, place: str) -> tuple[dict[str, Any], list[int]]:
    """The values of a file and the line of each step."""
    root = _read(content, place)
    data = _constructed(root, place)
    if not isinstance(data, dict):
        raise ScenarioInvalid([f"{place}:1: Write a mapping with title, at and steps."])
    return data, _lines(root)


def _read(content: bytes, place: str) -> yaml.Node:
    """The nodes of a document in which no key stands twice."""
    root = _composed(content, place)
    sentences = [f"{place}:{line}: {sentence}" for line, sentence in _doubled(root)]
    if sentences:
        raise ScenarioInvalid(sentences)
    return root


_KEYS = frozenset({"title", "at", "processes", "steps"})


def _composed(content: bytes, place: str) -> yaml.Node:
    """The nodes of a document that is neither too large nor too deep and has no links."""
    if len(content) > MAX_BYTES:
        raise ScenarioInvalid([f"{place}:1: The file has more than {MAX_BYTES} bytes."])
    try:
        text = content.decode("utf-8")
        depth = values = 0
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                line = _line(event.start_mark)
                raise ScenarioInvalid([f"{place}:{line}: Links (*name) are not read; repeat it."])
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            values += isinstance(event, yaml.NodeEvent)
            if values > MAX_VALUES:
                raise ScenarioInvalid([f"{place}:1: The file holds more than {MAX_VALUES} values."])
            if depth > MAX_DEPTH:
                raise ScenarioInvalid([f"{place}:1: More than {MAX_DEPTH} levels inside another."])
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = _line(error.problem_mark or error.context_mark)
        raise ScenarioInvalid([f"{place}:{line}: This is no YAML: {error.problem}."]) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ScenarioInvalid([f"{place}:1: This is no YAML: {error}."]) from error
    if node is None:
        raise ScenarioInvalid([f"{place}:1: The file is empty."])
    return node


def _constructed(root: yaml.Node, place: str) -> Any:
    """Plain values of the nodes, as ``yaml.safe_load`` makes them."""
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_document(root)
    except (yaml.MarkedYAMLError, ValueError) as error:
        said = getattr(error, "problem", None) or error
        line = _line(getattr(error, "problem_mark", None))
        raise ScenarioInvalid([f"{place}:{line}: {said}."]) from error
    finally:
        loader.dispose()


def _line(mark: Any) -> int:
    return mark.line + 1 if mark else 1


def _doubled(root: yaml.Node) -> Iterator[tuple[int, str]]:
    """Keys that stand twice in one mapping, of which YAML would silently drop one."""
    todo = [root]
    while todo:
        node = todo.pop()
        if isinstance(node, yaml.SequenceNode):
            todo += node.value
        if not isinstance(node, yaml.MappingNode):
            continue
        seen: set[str] = set()
        for key, value in node.value:
            todo.append(value)
            name = str(key.value)
            if name in seen:
                yield key.start_mark.line + 1, f"'{name}' stands here twice; remove one of them."
            seen.add(name)


def _lines(root: yaml.Node) -> list[int]:
    """The line of each step."""
    assert isinstance(root, yaml.MappingNode)
    for key, value in root.value:
        if key.value == "steps" and isinstance(value, yaml.SequenceNode):
            return [step.start_mark.line + 1 for step in value.value]
    return []


def flattened(messages: object, path: str = "") -> Iterator[str]:
    """Marshmallow's errors as ``field: sentence``."""
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            own = "" if name == "_schema" else str(name)
            yield from flattened(inner, ".".join(filter(None, (path, own))))
    elif isinstance(messages, list):
        for inner in messages:
            yield from flattened(inner, path)
    else:
        yield f"{path}: {messages}" if path else str(messages)
