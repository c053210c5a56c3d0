"""The allow-list: what is not known to be executed correctly is refused.

Works on the file as uploaded, before anything is normalized away.
"""

from __future__ import annotations

from lxml import etree

from engine.definitions.normalize import (
    OUR_EXTENSIONS,
    executed_processes,
    is_true,
    resolve_qname,
)
from engine.definitions.problems import Severity
from engine.definitions.refusals import REFUSED, VALUE_CODES
from engine.definitions.report import Report, place
from engine.definitions.vocabulary import (
    ANNOTATIONS,
    BOOLEAN_VALUES,
    BOOLEANS,
    DATA_DOCUMENTATION,
    EXECUTED,
    EXPRESSIONS,
    FIXED_VALUES,
)
from engine.definitions.xmlns import (
    BPMN,
    SPIFF,
    XML,
    XSI,
    Node,
    attribute,
    elements,
    is_bpmn,
    is_element,
    local_name,
    split,
)

FEEL_LANGUAGES = frozenset(
    {
        "feel",
        "http://www.omg.org/spec/FEEL/20140401",
        "http://www.omg.org/spec/DMN/20180521/FEEL/",
        "https://www.omg.org/spec/DMN/20191111/FEEL/",
        "https://www.omg.org/spec/DMN/20230324/FEEL/",
    }
)
_COSMETIC = frozenset(
    {
        "http://bpmn.io/schema/bpmn/biocolor/1.0",
        "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
        "http://camunda.org/schema/modeler/1.0",
        "http://bpmn.io/schema/bpmn",
    }
)
_DEFINITION = "EventDefinition"


def check_allowed(file: str, root: Node, report: Report) -> None:
    """Report every element and attribute of a file that would not be executed.

    Expects the drawing to have been taken out of ``root``.
    """
    _AllowList(file, root, report).check()


class _AllowList:
    def __init__(self, file: str, root: Node, report: Report) -> None:
        self.file = file
        self.root = root
        self.report = report
        self.executed = executed_processes(root)
        self.seen_foreign: set[str] = set()
        self.seen_data = False

    def add(
        self,
        code: str,
        node: Node,
        message: str,
        *,
        severity: Severity | None = None,
        **params: str,
    ) -> None:
        self.report.add(code, place(self.file, node), message, severity=severity, **params)

    def check(self) -> None:
        # A stack instead of recursion: depth is the uploader's choice.
        stack = [self.root]
        while stack:
            node = stack.pop()
            if self._descend(node):
                stack.extend(child for child in reversed(node) if is_element(child))

    def _descend(self, node: Node) -> bool:
        """Check one element; whether its children are to be checked too."""
        namespace, local = split(str(node.tag))
        if namespace != BPMN:
            self._foreign(node, namespace, local)
            return False
        if local == "process" and node not in self.executed:
            return False
        if local in ANNOTATIONS or local in DATA_DOCUMENTATION:
            self._documentation(node, local)
            return False
        if local == "extensionElements":
            self._extensions(node)
            return False
        return self._executed(node, local)

    def _foreign(self, node: Node, namespace: str, local: str) -> None:
        self.add(
            "foreign_element",
            node,
            f"<{local}> of the vocabulary '{namespace[:100]}' stands where only BPMN may; move it"
            " into extensionElements or remove it.",
            element=local,
        )

    def _documentation(self, node: Node, local: str) -> None:
        for inner in elements(node):
            if is_bpmn(inner) and local_name(inner) in {"assignment", "transformation"}:
                self.add(
                    "element_not_supported",
                    inner,
                    f"<{local_name(inner)}> would copy data, which is not executed; remove it.",
                    element=local_name(inner),
                )
        if local in DATA_DOCUMENTATION and not self.seen_data:
            self.seen_data = True
            self.add(
                "documentation_only",
                node,
                f"<{local}> and other data elements of this file are read as documentation only.",
            )

    def _executed(self, node: Node, local: str) -> bool:
        if local in REFUSED:
            code, advice = REFUSED[local]
            self.add(code, node, f"<{local}> is not executed. {advice}", element=local)
            return False
        if local not in EXECUTED:
            self.add(
                "element_not_supported",
                node,
                f"<{local}> is not executed; remove it.",
                element=local,
            )
            return False
        self._attributes(node, local)
        if local in EXPRESSIONS:
            self._expression(node, local)
            return False
        if local == "documentation":
            self._hidden_bpmn(node)
            return False
        if local.endswith(_DEFINITION):
            self._definition(node, local)
        return True

    def _definition(self, node: Node, local: str) -> None:
        parent = node.getparent()
        if parent is None or parent is self.root:
            message = f"A shared <{local}> is not executed; put it into the event itself."
            self.add("event_definition_ref", node, message)
            return
        siblings = [
            each for each in parent if is_bpmn(each) and local_name(each).endswith(_DEFINITION)
        ]
        if siblings[0] is not node:
            message = "The event has several definitions; give every trigger an event of its own."
            self.add("multiple_event_definitions", node, message)

    def _expression(self, node: Node, local: str) -> None:
        for inner in node:
            if isinstance(inner, etree._Comment):
                message = f"The comment inside <{local}> is not part of the expression; move it."
                self.add("comment_in_expression", node, message)
            else:
                message = f"<{local}> may hold text only; remove what is inside it."
                self.add("markup_in_expression", node, message)
        language = attribute(node, "language")
        if language and language not in FEEL_LANGUAGES:
            self.add(
                "expression_language",
                node,
                f"The expression is written in '{language[:80]}'; write it in FEEL.",
                language=language[:80],
            )

    def _attributes(self, node: Node, local: str) -> None:
        for name, raw in node.attrib.items():
            namespace, plain = split(str(name))
            value = str(raw)
            if namespace:
                self._qualified_attribute(node, local, namespace, plain, value)
            elif plain not in EXECUTED[local]:
                self._unsupported(node, local, plain, "it is not executed; remove it")
            elif plain in BOOLEANS and value.strip() not in BOOLEAN_VALUES:
                self._unsupported(node, local, plain, "it is either true or false")
            elif plain in FIXED_VALUES:
                self._fixed_value(node, local, plain, value)

    def _fixed_value(self, node: Node, local: str, name: str, value: str) -> None:
        value = value.strip()
        if name in BOOLEANS:
            value = "true" if is_true(value) else "false"
        if value in FIXED_VALUES[name]:
            return
        if name in VALUE_CODES:
            code, advice = VALUE_CODES[name]
            message = f"{name}='{value[:40]}' on <{local}> is not executed. {advice}"
            self.add(code, node, message, attribute=name)
        else:
            allowed = " or ".join(sorted(FIXED_VALUES[name]))
            self._unsupported(node, local, name, f"only '{allowed}' is executed")

    def _unsupported(self, node: Node, local: str, name: str, why: str) -> None:
        message = f"The attribute '{name[:80]}' of <{local}>: {why}."
        self.add("attribute_not_supported", node, message, attribute=name[:80])

    def _qualified_attribute(
        self, node: Node, local: str, namespace: str, name: str, value: str
    ) -> None:
        if namespace == XSI:
            self._schema_instance(node, local, name, value)
        elif namespace in {BPMN, SPIFF} or (namespace == XML and name not in {"lang", "space"}):
            self._unsupported(node, local, name, "with a prefix it is not executed; remove it")
        elif namespace != XML:
            self._note_foreign(node, namespace)

    def _schema_instance(self, node: Node, local: str, name: str, value: str) -> None:
        if name == "schemaLocation" and node is self.root:
            return
        expression = local in EXPRESSIONS and name == "type"
        if expression and resolve_qname(node, value) in {"tFormalExpression", "tExpression"}:
            return
        message = f"xsi:{name} may not change what <{local}> is; remove it."
        self.add("type_override", node, message)

    def _extensions(self, node: Node) -> None:
        self._hidden_bpmn(node)
        for inner in node:
            if not is_element(inner):
                continue
            namespace, local = split(str(inner.tag))
            if namespace == SPIFF:
                self._our_extension(inner, local)
            elif namespace != BPMN:
                self._note_foreign(inner, namespace)

    def _our_extension(self, node: Node, local: str) -> None:
        parent = node.getparent()
        owner = parent.getparent() if parent is not None else None
        allowed = local == "properties" or (
            local == "calledDecisionId"
            and owner is not None
            and local_name(owner) == "businessRuleTask"
        )
        inner = [str(each.tag) for each in elements(node)][1:]
        strange = [
            tag
            for tag in inner
            if split(tag)[0] != SPIFF or split(tag)[1] not in OUR_EXTENSIONS - {"properties"}
        ]
        if not allowed or strange or (inner and local != "properties"):
            name = split(strange[0])[1] if allowed and strange else local
            message = f"The extension <{name}> is not executed here; remove it."
            self.add("extension_not_supported", node, message, element=name)

    def _hidden_bpmn(self, node: Node) -> None:
        for inner in elements(node):
            if inner is not node and split(str(inner.tag))[0] == BPMN:
                self.add(
                    "bpmn_in_extension",
                    inner,
                    f"<{local_name(inner)}> is hidden inside <{local_name(node)}>; remove it.",
                    element=local_name(inner),
                )

    def _note_foreign(self, node: Node, namespace: str) -> None:
        if namespace in _COSMETIC or namespace in self.seen_foreign or not namespace:
            return
        self.seen_foreign.add(namespace)
        self.add(
            "foreign_extension",
            node,
            f"Extensions of the vocabulary '{namespace[:100]}' are kept and ignored.",
            namespace=namespace[:100],
        )
