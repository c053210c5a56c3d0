"""The first files of a lifecycle: blank, copied from another, or brought from elsewhere."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Mapping
from pathlib import PurePosixPath
from typing import Final
from xml.sax.saxutils import quoteattr

from lxml import etree

from engine.definitions.bundle import Bundle, is_key
from engine.definitions.describe import describe
from engine.definitions.guard import read_xml
from engine.definitions.model import LOCALES
from engine.definitions.normalize import resolve_qname
from engine.definitions.revising import ARCHIVE, revised
from engine.definitions.vocabulary import QNAME_ATTRIBUTES
from engine.definitions.xmlns import (
    Node,
    attribute,
    bpmn,
    child,
    children,
    elements,
    spiff,
)
from engine.errors import InvalidInput
from engine.texts import checked

MAX_NAME: Final = 100
_REFERENCES: Final = QNAME_ATTRIBUTES | {"bpmnElement"}
_SCENARIOS: Final = "scenarios/"

_BLANK = """\
<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
    xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
    xmlns:di="http://www.omg.org/spec/DD/20100524/DI"
    xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"
    id="{key}_definitions" targetNamespace="urn:passerelle:{key}">
  <bpmn:collaboration id="{key}_collaboration">
    <bpmn:participant id="{key}_pool" name={fr} processRef="{key}" />
  </bpmn:collaboration>
  <bpmn:process id="{key}" name={fr} isExecutable="true">
    {names}
    <bpmn:laneSet id="{key}_lanes">
      <bpmn:lane id="lane_first" name="Service">
        {lane}
        <bpmn:flowNodeRef>begun</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>first_step</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>done</bpmn:flowNodeRef>
      </bpmn:lane>
    </bpmn:laneSet>
    <bpmn:startEvent id="begun" name="Début">
      {begun}
      <bpmn:outgoing>begun_flow</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:userTask id="first_step" name="Première étape">
      {step}
      <bpmn:incoming>begun_flow</bpmn:incoming>
      <bpmn:outgoing>first_step_flow</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:endEvent id="done" name="Fin">
      {done}
      <bpmn:incoming>first_step_flow</bpmn:incoming>
    </bpmn:endEvent>
    <bpmn:sequenceFlow id="begun_flow" sourceRef="begun" targetRef="first_step" />
    <bpmn:sequenceFlow id="first_step_flow" sourceRef="first_step" targetRef="done" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="{key}_diagram">
    <bpmndi:BPMNPlane id="{key}_plane" bpmnElement="{key}_collaboration">
      <bpmndi:BPMNShape id="pool_shape" bpmnElement="{key}_pool" isHorizontal="true">
        <dc:Bounds x="160" y="80" width="600" height="200" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="lane_first_shape" bpmnElement="lane_first" isHorizontal="true">
        <dc:Bounds x="190" y="80" width="570" height="200" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="begun_shape" bpmnElement="begun">
        <dc:Bounds x="252" y="162" width="36" height="36" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="first_step_shape" bpmnElement="first_step">
        <dc:Bounds x="400" y="140" width="100" height="80" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="done_shape" bpmnElement="done">
        <dc:Bounds x="622" y="162" width="36" height="36" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="begun_flow_edge" bpmnElement="begun_flow">
        <di:waypoint x="288" y="180" />
        <di:waypoint x="400" y="180" />
      </bpmndi:BPMNEdge>
      <bpmndi:BPMNEdge id="first_step_flow_edge" bpmnElement="first_step_flow">
        <di:waypoint x="500" y="180" />
        <di:waypoint x="622" y="180" />
      </bpmndi:BPMNEdge>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
"""

_FORM = """\
{
  "id": "first_step",
  "type": "default",
  "schemaVersion": 17,
  "components": [
    {
      "id": "field_remark",
      "key": "remark",
      "type": "textarea",
      "label": "Remarque",
      "validate": { "maxLength": 2000 },
      "properties": { "label.en": "Remark", "label.es": "Observación" }
    }
  ]
}
"""


def blank(key: str, names: Mapping[str, str], group: str) -> Bundle:
    """A lifecycle of one step, which anybody in ``group`` may do: deployable as it is."""
    _require_plain(group)
    values = {
        "key": key,
        "fr": quoteattr(names["fr"]),
        "names": _properties({**_names(names), "timeZone": "Europe/Paris"}),
        "lane": _properties(
            {"name.en": "Office", "name.es": "Servicio", "candidateGroup": json.dumps(group)}
        ),
        "begun": _properties({"name.en": "Start", "name.es": "Inicio"}),
        "step": _properties(
            {"name.en": "First step", "name.es": "Primer paso", "form": "first_step"}
        ),
        "done": _properties({"name.en": "End", "name.es": "Fin"}),
    }
    diagram = _BLANK.format_map(values).encode()
    return Bundle(key, {f"{key}.bpmn": diagram, "forms/first_step.json": _FORM.encode()})


def copied(bundle: Bundle, key: str, names: Mapping[str, str]) -> Bundle:
    """The files of a deployable bundle for a lifecycle of its own: its process has another id.

    Scenarios tell the story of the lifecycle they were written for, so they stay behind.
    """
    main = describe(bundle).process_id
    files: dict[str, bytes] = {}
    for name, data in bundle.files.items():
        if name.startswith(_SCENARIOS):
            continue
        new_name = f"{key}.bpmn" if name == f"{bundle.key}.bpmn" else name
        files[new_name] = _renamed(name, data, main, key, names) if name.endswith(".bpmn") else data
    return Bundle(key, files)


def brought(uploads: Mapping[str, bytes], key: str) -> Bundle:
    """The uploaded files, or the one archive, as the first draft of a lifecycle.

    Without ``key`` the archive's folder, or the diagram, names it. Raises InvalidInput for
    ``key`` and ``files``, and DeploymentRejected as ``revised`` does.
    """
    name = key or _named_by(uploads)
    if len(uploads) == 1 and not key and next(iter(uploads)).lower().endswith(ARCHIVE):
        archive = Bundle.from_zip(next(iter(uploads.values())))
        name = archive.key
    _require_key(name)
    return revised(Bundle(name, {}), uploads)


def check_beginning(key: str, names: Mapping[str, str], taken: Collection[str]) -> None:
    """Raise InvalidInput unless a lifecycle may be begun under this key and these names."""
    refused: dict[str, list[str]] = {} if is_key(key) else {"key": ["process_key"]}
    if key in taken:
        refused = {"key": ["process_key_taken"]}
    for language, name in names.items():
        try:
            if not checked(f"name_{language}", name, MAX_NAME):
                refused[f"name_{language}"] = ["required"]
        except InvalidInput as wrong:
            refused |= wrong.errors
    if refused:
        raise InvalidInput(refused)


def _require_key(key: str) -> None:
    if not is_key(key):
        raise InvalidInput({"key": ["process_key"]})


def _require_plain(group: str) -> None:
    if not re.fullmatch(r"[\w:-]+", group, re.ASCII):
        raise ValueError(f"'{group}' cannot name a group.")


def _named_by(uploads: Mapping[str, bytes]) -> str:
    """A key made of the name of the only diagram, empty where that is not clear."""
    stems = [PurePosixPath(name).stem for name in uploads if name.lower().endswith(".bpmn")]
    if len(stems) != 1:
        return ""
    plain = unicodedata.normalize("NFKD", stems[0]).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_").lstrip("_0123456789")[:63]


def _names(names: Mapping[str, str]) -> dict[str, str]:
    return {f"name.{each}": names[each] for each in LOCALES if each != "fr"}


def _properties(values: Mapping[str, str]) -> str:
    inner = "".join(
        f"<spiffworkflow:property name={quoteattr(name)} value={quoteattr(value)} />"
        for name, value in values.items()
    )
    return (
        "<bpmn:extensionElements><spiffworkflow:properties>"
        f"{inner}</spiffworkflow:properties></bpmn:extensionElements>"
    )


def _renamed(file: str, data: bytes, old: str, new: str, names: Mapping[str, str]) -> bytes:
    root, _ = read_xml(file, data)
    assert root is not None, "what is deployed can be read"
    for node in elements(root):
        for name, value in node.attrib.items():
            if str(name) in _REFERENCES and resolve_qname(node, str(value)) == old:
                node.set(name, new)
    for process in children(root, "process"):
        if attribute(process, "id") == old:
            process.set("id", new)
            _rename(root, process, names)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _rename(root: Node, process: Node, names: Mapping[str, str]) -> None:
    pools = root.iter(bpmn("participant"))
    own = [each for each in pools if attribute(each, "processRef") == attribute(process, "id")]
    for node in (process, *own):
        node.set("name", names["fr"])
        for entry in _entries(node):
            language = attribute(entry, "name").removeprefix("name.")
            if attribute(entry, "name") in {f"name.{each}" for each in LOCALES}:
                entry.set("value", names[language])


def _entries(node: Node) -> list[Node]:
    holder = child(node, "extensionElements")
    return [] if holder is None else list(holder.iter(spiff("property")))
