"""What the writers of exports write, read back by readers that know nothing of them."""

import csv
import io
import json
from pathlib import Path

import jsonschema_rs
import orjson
import pytest
import r4pm
from lxml import etree
from r4pm import bindings as mining

from engine.history.export.model import STATES, Case, Event, Order, People
from engine.history.export.ocel import ocel_lines
from engine.history.export.tables import COLUMNS, csv_lines, json_lines
from engine.history.export.xes import TRANSITIONS, xes_lines
from engine.history.filters import HistoryFilter
from engine.vocabulary import Plain

STANDARDS = Path(__file__).parent / "standards"
XES = "{http://www.xes-standard.org/}"
AT = 1_780_000_000_123_456
HOSTILE = [
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1+1)",
    "\tTAB",
    "\rCR",
    "<script>alert(1)</script>",
    "]]> & \"quoted\" 'text'; with\nlines",
    "zero \0 bell \a escape \x1b last \uffff",
    "Zoë – ☃ 𝕏",
]


class Written:
    """A log in memory, with people called as one likes."""

    def __init__(self, events, *, named=False, key=b"a key"):
        self._events = events
        self.vocabulary = Plain()
        self.people = People(self.vocabulary, key, str.title if named else None)

    def events(self):
        return iter(self._events)

    def cases(self):
        return iter(dict.fromkeys(event.case for event in self._events))

    def activities(self):
        return iter({(event.case.process, event.element, event.kind) for event in self._events})

    def actors(self):
        return iter({name for e in self._events for name in (e.actor, e.on_behalf_of) if name})


def case(number=1, **changed):
    values = {
        "instance_id": number,
        "process": "contract",
        "version": 2,
        "business_key": f"M-{number // 2}",
        "subject": "Léa Martin",
        "org_unit": "lea",
        "counterparty": "Universidad de Salamanca",
        "status": 0,
        "started_at": AT,
        "concerns": ("person:7",),
    }
    return Case(**{**values, **changed})


def event(of=None, seq=1, **changed):
    values = {
        "case": of or case(),
        "seq": seq,
        "at": AT + seq,
        "kind": "work_item_completed",
        "element": "check",
        "work_item_id": 9,
        "actor": "person:7",
        "on_behalf_of": None,
        "group": "coordinator:lea",
        "outcome": "approve",
        "payload": orjson.dumps({"reason": "too late", "path": []}),
    }
    return Event(**{**values, **changed})


def written(write, events, *, named=False, key=b"a key", **order):
    log = Written(events, named=named, key=key)
    return b"".join(write(log, Order("", HistoryFilter(), named, **order)))


def table(data):
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.fixture(scope="module")
def xes_grammar():
    return etree.RelaxNG(etree.parse(STANDARDS / "xes.rng"))


@pytest.fixture(scope="module")
def ocel_schema():
    return jsonschema_rs.validator_for(
        (STANDARDS / "ocel20.schema.json").read_text(), validate_formats=True
    )


@pytest.fixture(scope="module")
def mixed():
    """Two cases of one matter and another one, by people, for others, and by the system."""
    return [
        event(case(2), 1, kind="instance_started", element=None, group=None, outcome=None),
        event(case(2), 2, on_behalf_of="person:8", group=None),
        event(case(3), 1, kind="timer_fired", actor="system", payload=None),
        event(case(4, process="exam_waiver", concerns=()), 1, kind="migrated", element=None),
    ]


def test_a_table_begins_with_a_byte_order_mark_and_has_the_chosen_columns():
    data = written(csv_lines, [event()], columns=("instance", "actor"), separator=";")
    assert data.startswith(b"\xef\xbb\xbfinstance;actor\r\n1;p-")


OF_A_CASE = ("process", "business_key", "subject", "org_unit", "counterparty")
OF_AN_EVENT = ("kind", "element", "actor", "on_behalf_of", "group", "outcome")


def saying(text):
    """An event with this text in everything that can hold one."""
    return event(
        case(**dict.fromkeys(OF_A_CASE, text)),
        payload=orjson.dumps({"reason": text}),
        **dict.fromkeys(OF_AN_EVENT, text),
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_is_a_formula_and_none_loses_what_it_says(text):
    [row] = table(written(csv_lines, [saying(text)], named=True, columns=tuple(COLUMNS)))
    assert all(cell[:1] not in tuple("=+-@\t\r") for cell in row.values())
    told = [cell.removeprefix("'") for cell in row.values()]
    assert told.count(text.replace("\0", "\ufffd")) >= len(OF_A_CASE)
    assert row["seq"] == "1"


@pytest.mark.parametrize("text", HOSTILE)
def test_json_lines_keep_every_text_as_it_is(text):
    data = written(json_lines, [event(case(subject=text))], named=True, columns=("subject",))
    assert [json.loads(line) for line in data.splitlines()] == [{"subject": text}]


@pytest.mark.parametrize("text", HOSTILE)
def test_xes_holds_every_text_that_xml_can_hold(text, xes_grammar):
    data = written(xes_lines, [event(case(subject=text))], named=True)
    log = etree.fromstring(data)
    xes_grammar.assertValid(log)
    [subject] = log.iterfind(f"{XES}trace/{XES}string[@key='subject']")
    cut = str.maketrans(dict.fromkeys("\0\a\x1b\uffff", "\ufffd"))
    assert subject.get("value") == text.translate(cut)


def test_xes_is_what_the_standard_says(mixed, xes_grammar):
    log = etree.fromstring(written(xes_lines, mixed))
    xes_grammar.assertValid(log)
    declared = {each.get("prefix") for each in log.iterfind(f"{XES}extension")}
    used = {each.get("key").partition(":")[0] for each in log.iter() if ":" in each.get("key", "")}
    assert used == declared == {"concept", "time", "lifecycle", "org"}
    for scope, path in (("trace", f"{XES}trace"), ("event", f"{XES}trace/{XES}event")):
        everywhere = {
            (each.tag, each.get("key")) for each in log.find(f"{XES}global[@scope='{scope}']")
        }
        for component in log.iterfind(path):
            own = [(each.tag, each.get("key")) for each in component if each.get("key")]
            assert everywhere <= set(own)
            assert len(own) == len(set(own))
    globals_ = {each.get("key") for each in log.find(f"{XES}global[@scope='event']")}
    for classifier in log.iterfind(f"{XES}classifier"):
        assert set(classifier.get("keys").split()) <= globals_


STANDARD_TRANSITIONS = {
    "schedule", "assign", "withdraw", "reassign", "start", "suspend", "resume", "complete",
    "pi_abort", "ate_abort", "autoskip", "manualskip", "unknown",
}  # fmt: skip
"""Those of the standard transactional model (IEEE 1849, Lifecycle extension)."""


def test_transitions_are_those_of_the_standard_model():
    assert set(TRANSITIONS.values()) <= STANDARD_TRANSITIONS


def test_xes_has_a_trace_for_each_case_and_its_events_in_order(mixed):
    log = etree.fromstring(written(xes_lines, mixed))

    def said(component, key):
        return component.find(f"{XES}*[@key='{key}']").get("value")

    assert [
        (said(trace, "concept:name"), [said(e, "number") for e in trace.iterfind(f"{XES}event")])
        for trace in log.iterfind(f"{XES}trace")
    ] == [("2", ["1", "2"]), ("3", ["1"]), ("4", ["1"])]
    first = log.find(f"{XES}trace/{XES}event")
    assert said(first, "concept:name") == "instance_started"
    assert said(first, "lifecycle:transition") == "start"
    assert said(first, "time:timestamp") == "2026-05-28T20:26:40.123+00:00"


def test_ocel_is_what_its_schema_says(mixed, ocel_schema):
    log = json.loads(written(ocel_lines, mixed))
    ocel_schema.validate(log)
    for kind in ("object", "event"):
        types = {each["name"]: each["attributes"] for each in log[f"{kind}Types"]}
        assert len(types) == len(log[f"{kind}Types"])
        for each in log[f"{kind}s"]:
            declared = {attribute["name"] for attribute in types[each["type"]]}
            assert {attribute["name"] for attribute in each["attributes"]} <= declared
    ids = [each["id"] for each in log["objects"]]
    assert len(ids) == len(set(ids))
    for each in (*log["objects"], *log["events"]):
        assert {relation["objectId"] for relation in each["relationships"]} <= set(ids)
    assert len({each["id"] for each in log["events"]}) == len(mixed)


def test_ocel_joins_the_cases_of_one_matter(mixed):
    log = json.loads(written(ocel_lines, mixed))
    belongs = {
        each["id"]: relation["objectId"]
        for each in log["objects"]
        for relation in each["relationships"]
        if relation["qualifier"] == "belongs to"
    }
    assert belongs == {"case:2": "matter:M-1", "case:3": "matter:M-1", "case:4": "matter:M-2"}


@pytest.fixture
def read(tmp_path):
    """Have a process-mining library read a log, as its own kind of log."""

    def reading(kind, data):
        file = tmp_path / {"EventLog": "log.xes", "OCEL": "log.json"}[kind]
        file.write_bytes(data)
        log = r4pm.import_item(kind, str(file))
        return mining.slim_link_ocel(ocel=log) if kind == "OCEL" else log

    return reading


def test_a_mining_library_finds_the_traces_of_an_xes_log(mixed, read):
    log = read("EventLog", written(xes_lines, mixed))
    variants = mining.get_variants(mining.log_to_activity_projection(log))
    assert sorted((each["activities"], each["count"]) for each in variants) == [
        (["check"], 1),
        (["instance_started", "check"], 1),
        (["migrated"], 1),
    ]


def test_a_mining_library_finds_the_events_and_objects_of_an_ocel_log(mixed, read):
    log = read("OCEL", written(ocel_lines, mixed))
    assert mining.ocel_type_stats(log) == {
        "event_type_counts": {
            "contract/instance_started": 1,
            "contract/check/work_item_completed": 1,
            "contract/check/timer_fired": 1,
            "exam_waiver/migrated": 1,
        },
        "object_type_counts": {
            "case": 3, "matter": 2, "person": 3, "department": 1, "partner": 1,
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "write", "count"),
    [
        ("EventLog", xes_lines, lambda log: sum(mining.discover_dfg(log)["activities"].values())),
        ("OCEL", ocel_lines, mining.num_events),
    ],
)
def test_a_mining_library_reads_logs_with_any_text_in_them_and_none(kind, write, count, read):
    hostile = [event(case(number, subject=text)) for number, text in enumerate(HOSTILE, 1)]
    assert count(read(kind, written(write, hostile, named=True))) == len(HOSTILE)
    assert count(read(kind, written(write, []))) == 0


def test_an_empty_log_is_one_too(xes_grammar, ocel_schema):
    xes_grammar.assertValid(etree.fromstring(written(xes_lines, [])))
    ocel_schema.validate(json.loads(written(ocel_lines, [])))
    assert table(written(csv_lines, [])) == []
    assert written(json_lines, []) == b""


PERSONAL = [b"person:7", b"person:8", "Léa".encode(), b"too late", b"Person:7"]


@pytest.mark.parametrize("write", [csv_lines, json_lines, xes_lines, ocel_lines])
def test_without_names_nothing_tells_who_it_was(write, mixed):
    data = written(write, mixed, columns=tuple(COLUMNS))
    assert [each for each in PERSONAL if each in data] == []


@pytest.mark.parametrize("write", [csv_lines, json_lines, xes_lines, ocel_lines])
def test_names_are_told_where_they_are_asked_for(write, mixed):
    data = written(write, mixed, named=True)
    assert b"Person:7" in data
    assert b"p-" not in data


def test_a_person_has_one_pseudonym_in_an_export_and_another_in_the_next():
    events = [event(), event(case(2), actor="person:8", on_behalf_of="person:7")]
    first, other = (table(written(csv_lines, events, key=key)) for key in (b"one", b"two"))
    assert first[0]["actor"] == first[1]["on_behalf_of"] == first[0]["concerns"]
    assert first[0]["actor"] != first[1]["actor"]
    assert {row["actor"] for row in first}.isdisjoint(row["actor"] for row in other)


def test_the_system_and_functions_keep_their_names():
    data = written(csv_lines, [event(actor="system")], columns=("actor", "role"))
    assert table(data) == [{"actor": "system", "role": "coordinator:lea"}]


def test_a_case_in_every_state_is_told():
    for status, word in STATES.items():
        assert table(written(csv_lines, [event(case(status=status))]))[0]["state"] == word
