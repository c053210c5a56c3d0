"""The other files of a bundle: decision tables and forms."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from engine.definitions.bundle import Bundle
from engine.definitions.catalogue import Catalogue, CompiledForm, ParsedDecision
from engine.definitions.describe import form_files
from engine.definitions.feel_syntax import FeelSyntax, Kind
from engine.definitions.guard import check_bytes, read_xml
from engine.definitions.report import Place, Report
from engine.definitions.xmlns import Node, elements, line_of, local_name, nearest_id, split, text_of

DMN_PREFIXES = ("https://www.omg.org/spec/DMN/", "http://www.omg.org/spec/DMN/")
_CELLS = frozenset({"inputEntry", "outputEntry", "inputExpression", "literalExpression"})


def read_tables(bundle: Bundle, report: Report) -> dict[str, Node]:
    """The root of every readable DMN file."""
    roots: dict[str, Node] = {}
    for file in bundle.names(".dmn"):
        root, found = read_xml(file, bundle.files[file])
        report.extend(found)
        if root is None:
            continue
        namespace, local = split(str(root.tag))
        if local != "definitions" or not namespace.startswith(DMN_PREFIXES):
            message = "The file is not a DMN 1.1 to 1.5 decision table."
            report.add("not_dmn", Place(file, 1, ""), message)
            continue
        roots[file] = root
    return roots


def parse_tables(
    bundle: Bundle,
    roots: Mapping[str, Node],
    catalogue: Catalogue,
    feel: FeelSyntax,
    report: Report,
) -> dict[str, ParsedDecision]:
    """The decisions of the readable DMN files; reports what is wrong with them."""
    decisions: dict[str, ParsedDecision] = {}
    for file, root in roots.items():
        _check_cells(file, root, feel)
        if catalogue.parse_decisions is None:
            continue
        parsed, found = catalogue.parse_decisions(bundle.files[file], file)
        report.extend(found)
        for decision in parsed:
            if decisions.setdefault(decision.id, decision) is not decision:
                message = f"Two decisions have the id '{decision.id[:80]}'; rename one of them."
                report.add("duplicate_decision", Place(file, 1, decision.id[:80]), message)
    return decisions


def _check_cells(file: str, root: Node, feel: FeelSyntax) -> None:
    for node in elements(root):
        parent = node.getparent()
        if local_name(node) != "text" or parent is None:
            continue
        kind, text = local_name(parent), text_of(node)
        unary = kind == "inputEntry"
        anything = (unary and text in {"", "-"}) or (kind == "outputEntry" and not text)
        if kind in _CELLS and not anything:
            at = Place(file, line_of(node), nearest_id(node))
            feel.check(at, text, f"The {kind} '{text[:60]}'", Kind.TESTS if unary else Kind.VALUE)


def compile_forms(bundle: Bundle, catalogue: Catalogue, report: Report) -> dict[str, CompiledForm]:
    """The forms of a bundle by id; reports what is wrong with them."""
    forms: dict[str, CompiledForm] = {}
    seen: dict[str, str] = {}
    for file in form_files(bundle):
        at = Place(file, 1, "")
        identifier = _form_id(file, bundle.files[file], report)
        if identifier is None:
            continue
        if seen.setdefault(identifier, file) != file:
            message = f"The form '{identifier[:80]}' is already in {seen[identifier]}; rename it."
            report.add("duplicate_form", at, message)
        if catalogue.compile_form is None:
            continue
        form, found = catalogue.compile_form(bundle.files[file], file)
        report.extend(found)
        if form is not None:
            forms.setdefault(form.id, form)
    return forms


def _form_id(file: str, data: bytes, report: Report) -> str | None:
    refused = check_bytes(file, data)
    if refused is not None:
        report.extend([refused])
        return None
    try:
        schema = json.loads(data, object_pairs_hook=_unique, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        message = f"The form is not JSON: {error.msg}."
        report.add("form_malformed", Place(file, error.lineno, ""), message)
        return None
    except (ValueError, RecursionError) as error:
        report.add("form_malformed", Place(file, 1, ""), f"The form is not acceptable: {error}.")
        return None
    identifier = schema.get("id") if isinstance(schema, dict) else None
    if not isinstance(identifier, str) or not identifier.strip():
        message = "The form has no id; give it one, so that a user task can name it."
        report.add("form_without_id", Place(file, 1, ""), message)
        return None
    return identifier


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name appears twice in one object")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON value")
