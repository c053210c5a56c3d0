"""Faults of reading, of the bundle and of the structure."""

from engine.definitions import Bundle
from tests.unit.definitions.diagrams import (
    HEAD,
    around,
    bundle,
    definitions,
    diagram,
    flow,
    process,
)
from tests.unit.definitions.faulty import Row, one_file, with_gateway, with_task

READING: list[Row] = [
    ("file_too_large", one_file(HEAD.encode() + b" " * (2 * 1024 * 1024)), ""),
    ("compressed_file", one_file(b"\x1f\x8b\x08\x00" + b"0" * 20), ""),
    ("encoding_not_utf8", one_file('<?xml version="1.0"?><a/>'.encode("utf-16")), ""),
    ("encoding_not_utf8", one_file(b'<?xml version="1.0" encoding="ISO-8859-1"?><a/>'), ""),
    ("nul_character", one_file(b"<a>\n\0</a>"), ""),
    ("invalid_utf8", one_file(b"<a>\n\xe9</a>"), ""),
    ("doctype_refused", one_file(b"<?xml version='1.0'?>\n<!DOCTYPE a><a/>"), ""),
    ("xml_malformed", one_file(b"<a>\n<b></a>"), ""),
    ("too_many_elements", one_file(b"<a>" + b"<b/>" * 20_000 + b"</a>"), ""),
    ("too_deep", one_file(b"<a>" * 101 + b"</a>" * 101), ""),
    (
        "too_many_attributes",
        one_file(b"<a " + b" ".join(b"a%d='1'" % n for n in range(65)) + b"/>"),
        "",
    ),
    ("attribute_too_long", one_file(b"<a b='" + b"x" * 10_001 + b"'/>"), ""),
    ("name_too_long", one_file(b"<" + b"a" * 201 + b"/>"), ""),
]

BUNDLE: list[Row] = [
    ("bundle_key_invalid", bundle(around(), key="Main Process"), ""),
    ("bundle_too_large", Bundle("main", {f"{n}.yaml": b" " * 1_900_000 for n in range(5)}), ""),
    ("too_many_files", Bundle("main", {f"{n}.yaml": b"" for n in range(201)}), ""),
    ("unsafe_file_name", bundle(around(), **{"../x.json": b"{}"}), ""),
    ("duplicate_file_name", bundle(around(), **{"MAIN.bpmn": b""}), ""),
    ("unknown_file", bundle(around(), **{"run.exe": b""}), ""),
    ("no_process", Bundle("main", {}), ""),
    ("no_process", one_file(definitions("")), ""),
    (
        "main_process_unclear",
        Bundle(
            "main",
            {
                "one.bpmn": diagram(around(), key="one"),
                "two.bpmn": diagram(
                    '<bpmn:startEvent id="s"/><bpmn:endEvent id="e"/>' + flow("s", "e"), key="two"
                ),
            },
        ),
        "one",
    ),
    (
        "executable_unclear",
        one_file(definitions(process(around(), "one", "") + process("", "two", ""))),
        "one",
    ),
    ("not_marked_executable", one_file(definitions(process(around(), attributes=""))), "main"),
]

STRUCTURE: list[Row] = [
    ("not_bpmn", one_file(b"<definitions/>"), ""),
    (
        "structure_invalid",
        bundle(around() + "<bpmn:textAnnotation id='n'/><bpmn:task id='late'/>"),
        "late",
    ),
    ("structure_invalid", bundle(around() + "stray"), "main"),
    ("foreign_element", bundle(around() + '<x:task xmlns:x="urn:x"/>'), "main"),
    (
        "bpmn_in_extension",
        with_task(
            '<bpmn:userTask id="a"><bpmn:extensionElements><bpmn:process id="p"/>'
            "</bpmn:extensionElements></bpmn:userTask>"
        ),
        "p",
    ),
    ("type_override", with_task('<bpmn:userTask id="a" xsi:type="bpmn:tScriptTask"/>'), "a"),
    (
        "element_not_supported",
        with_task('<bpmn:userTask id="a"><bpmn:rendering/></bpmn:userTask>'),
        "a",
    ),
    (
        "attribute_not_supported",
        with_task('<bpmn:serviceTask id="a" implementation="urn:x"/>'),
        "a",
    ),
    ("attribute_not_supported", with_task('<bpmn:sendTask id="a" messageRef="m"/>'), "a"),
    (
        "extension_not_supported",
        with_task(
            '<bpmn:userTask id="a"><bpmn:extensionElements><spiffworkflow:preScript>x'
            "</spiffworkflow:preScript></bpmn:extensionElements></bpmn:userTask>"
        ),
        "a",
    ),
    ("markup_in_expression", with_gateway("exclusiveGateway", "x<?php y?> &gt; 1"), "f1"),
    ("comment_in_expression", with_gateway("exclusiveGateway", "x<!-- old --> &gt; 1"), "f1"),
    (
        "expression_language",
        bundle(
            around(extra=f'<bpmn:exclusiveGateway id="g"/>{flow("g", "end", "x")}').replace(
                "<bpmn:conditionExpression",
                '<bpmn:conditionExpression language="python" xsi:type="bpmn:tFormalExpression"',
            )
        ),
        "g_to_end",
    ),
    (
        "documentation_only",
        bundle('<bpmn:dataObject id="d"/>' + around()),
        "d",
    ),
    (
        "foreign_extension",
        with_task(
            '<bpmn:userTask id="a" xmlns:c="http://camunda.org/schema/1.0/bpmn" c:assignee="x"/>'
        ),
        "a",
    ),
]
