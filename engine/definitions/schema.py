"""Validation against the XML Schema of BPMN 2.0.

The schema files are those that the SpiffWorkflow distribution carries
unchanged from the Object Management Group; they are read as data by their path
in the installed distribution, no code of it is imported.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Protocol, cast

from lxml import etree

from engine.definitions.report import Place, Report, place
from engine.definitions.xmlns import Node, elements, line_of, local_name

_SCHEMA = "SpiffWorkflow/bpmn/parser/schema/BPMN20.xsd"
_MAX_REPORTED = 20
_MAX_SIBLINGS = 1_000
_lock = threading.Lock()


class _Entry(Protocol):
    """One line of lxml's error log, which its published stubs leave out."""

    line: int
    message: str
    path: str | None


@lru_cache(maxsize=1)
def _schema() -> etree.XMLSchema:
    path = Path(str(distribution("SpiffWorkflow").locate_file(_SCHEMA)))
    return etree.XMLSchema(etree.parse(str(path), etree.XMLParser(no_network=True)))


def check_schema(file: str, root: Node, report: Report) -> None:
    """Report what breaks the schema, unless the file has been found wrong already.

    The other checks speak to a person, the schema does not. The drawing is left
    to its tools. Of too many siblings the superfluous ones are taken out of
    ``root``: such a file is refused anyway.
    """
    if report.lines_with_errors(file):
        return
    _cut_siblings(file, root, report)
    # The error log belongs to the schema object, which all threads share.
    with _lock:
        schema = _schema()
        if schema.validate(root):
            return
        log = cast("Iterable[_Entry]", schema.error_log)
        entries = [(entry.line, entry.message, entry.path) for entry in log]
    for line, message, path in entries[:_MAX_REPORTED]:
        node = _find(root, path, line)
        spot = Place(file, max(1, line), place(file, node).id if node is not None else "")
        sentence = f"The file breaks the BPMN 2.0 schema: {_plain(message)}"
        report.add("structure_invalid", spot, sentence)


def _cut_siblings(file: str, root: Node, report: Report) -> None:
    """Bound what the schema has to look at.

    libxml2 counts the elder siblings of an element that is wrong, so its time
    grows with their square.
    """
    for parent in [node for node in elements(root) if len(node) > _MAX_SIBLINGS]:
        seen: Counter[str] = Counter()
        for each in list(parent.iterchildren("{*}*")):
            name = str(each.tag)
            seen[name] += 1
            if seen[name] == _MAX_SIBLINGS + 1:
                message = f"More than {_MAX_SIBLINGS} <{local_name(each)}> side by side; split it."
                report.add("too_many_nodes", place(file, each), message)
            if seen[name] > _MAX_SIBLINGS:
                parent.remove(each)


def _plain(message: str) -> str:
    text = message.replace("{http://www.omg.org/spec/BPMN/20100524/MODEL}", "bpmn:")
    return text if len(text) <= 500 else text[:500] + "..."


def _find(root: Node, path: str | None, line: int) -> Node | None:
    if path:
        prefixes = {prefix: uri for prefix, uri in root.nsmap.items() if prefix}
        try:
            found = root.getroottree().xpath(path, namespaces=prefixes)
        except etree.XPathError:
            found = []  # the path uses a prefix declared further down; the line must do
        if isinstance(found, list) and found and isinstance(found[0], etree._Element):
            return found[0]
    return next((node for node in elements(root) if line_of(node) == line), None)
