"""What differs between two bundles is told thing by thing, the invisible ones too."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.definitions import Bundle, Change, Fact, Kind, Mark, Subject, compare, drawn_in, marks
from tests.builders import Diagram, approvals

SHIPPED = Path(__file__).parents[3] / "bpmn"
FORM = b"""{"id": "check", "components": [
  {"key": "note", "type": "textarea", "label": "Note", "validate": {"maxLength": 100}},
  {"type": "group", "id": "g", "label": "More", "components": [
    {"key": "done", "type": "checkbox", "label": "Fait", "properties": {"label.en": "Done"}}]}]}"""
TABLE = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="t" name="T">
  <decision id="limits" name="Limits"><decisionTable id="table" hitPolicy="FIRST">
    <input id="i" label="Department"><inputExpression><text>department</text></inputExpression></input>
    <output id="o" name="due"/>
    <rule id="history"><description>History</description>
      <inputEntry id="h1"><text>"his"</text></inputEntry><outputEntry id="h2"><text>"P10D"</text></outputEntry></rule>
    <rule id="usual"><inputEntry id="u1"><text>-</text></inputEntry><outputEntry id="u2"><text>"P7D"</text></outputEntry></rule>
  </decisionTable></decision></definitions>"""  # noqa: E501


def bundle(**changed: bytes) -> Bundle:
    files = {"case.bpmn": approvals("case", steps=2).xml(), "forms/check.json": FORM}
    return Bundle(
        "case",
        files | {"limits.dmn": TABLE} | {n.replace("__", "/"): d for n, d in changed.items()},
    )


def differences(**changed: bytes) -> list[Change]:
    """What differs from :func:`bundle` where these files are other ones, without the files."""
    after = {name.replace("_dot_", "."): data for name, data in changed.items()}
    found = compare(bundle(), bundle(**after))
    assert found[0].subject is Subject.FILE
    return list(found[1:])


def of_diagram(diagram: Diagram) -> list[Change]:
    return differences(case_dot_bpmn=diagram.xml())


@pytest.mark.parametrize("folder", sorted(each for each in SHIPPED.iterdir() if each.is_dir()))
def test_a_bundle_does_not_differ_from_itself(folder):
    shipped = Bundle.from_folder(folder)
    assert compare(shipped, shipped) == ()


names = st.sampled_from(
    ["case.bpmn", "limits.dmn", "forms/check.json", "scenarios/a.yaml", "x.dmn"]
)
contents = st.sampled_from([b"", b"<half", b"{", FORM, TABLE, approvals("case", steps=1).xml()])
bundles = st.dictionaries(names, contents).map(lambda files: Bundle("case", files))
OPPOSITE = {Kind.ADDED: Kind.REMOVED, Kind.REMOVED: Kind.ADDED, Kind.CHANGED: Kind.CHANGED}


@given(bundles)
def test_no_bundle_differs_from_itself(any_bundle):
    assert compare(any_bundle, any_bundle) == ()


@given(bundles, bundles, st.randoms())
def test_the_order_of_the_files_means_nothing(before, after, random):
    shuffled = list(after.files.items())
    random.shuffle(shuffled)
    assert compare(before, Bundle("case", dict(shuffled))) == compare(before, after)


@given(bundles, bundles)
def test_the_way_back_undoes_every_change(before, after):
    def told(changes):
        return {
            (c.kind, c.subject, c.file, c.id): {(f.name, f.before, f.after) for f in c.facts}
            for c in changes
        }

    back = {
        (OPPOSITE[kind], *rest): {(name, new, old) for name, old, new in facts}
        for (kind, *rest), facts in told(compare(after, before)).items()
    }
    assert told(compare(before, after)) == back


@given(bundles, bundles)
def test_bundles_that_differ_are_said_to(before, after):
    assert bool(compare(before, after)) == (before.digest != after.digest)


def test_files_come_and_go():
    after = Bundle("case", {"limits.dmn": TABLE, "scenarios/late.yaml": b"title: Late"})
    found = {(each.kind, each.file) for each in compare(bundle(), after)}
    assert found == {
        (Kind.REMOVED, "case.bpmn"),
        (Kind.REMOVED, "forms/check.json"),
        (Kind.ADDED, "scenarios/late.yaml"),
    }


def test_a_value_of_an_element_is_told_before_and_after():
    changes = of_diagram(approvals("case", steps=2, dueDate="P3D"))
    assert [(each.id, each.type, each.facts) for each in changes] == [
        (step, "userTask", (Fact("dueDate", "P7D", "P3D"),)) for step in ("step1", "step2")
    ]


def test_an_added_element_comes_with_all_it_says():
    changes = {each.id: each for each in of_diagram(approvals("case", steps=3))}
    added = changes["step3"]
    assert (added.kind, added.subject, added.name) == (Kind.ADDED, Subject.ELEMENT, "step3")
    assert Fact("approval", None, "single") in added.facts
    assert Fact("lane", None, "lane_0") in added.facts
    assert "lane_0" not in changes
    assert changes["decided2_to_finish"].kind is Kind.REMOVED


def test_another_type_is_a_change_of_the_same_element():
    before = Diagram("case").start().user("ask").end().flow("begin", "ask", "finish")
    after = Diagram("case").start().service("ask", "notify").end().flow("begin", "ask", "finish")
    changes = compare(before.bundle(), after.bundle())
    (change,) = [each for each in changes if each.id == "ask"]
    assert Fact("type", "userTask", "serviceTask") in change.facts
    assert Fact("service", None, "notify") in change.facts


def test_conditions_and_timers_belong_to_their_elements():
    changed = approvals("case", steps=2).xml().replace(b'"approve"', b'"accept"')
    changes = differences(case_dot_bpmn=changed)
    flow = next(each for each in changes if each.id == "decided1_to_step2")
    assert [(fact.name, fact.after) for fact in flow.facts] == [
        ("conditionExpression", 'step1_outcome = "accept"')
    ]


def test_another_place_in_the_drawing_is_a_change_of_the_drawing_alone():
    before = (SHIPPED / "meeting" / "meeting.bpmn").read_bytes()
    after = before.replace(b'<dc:Bounds x="', b'<dc:Bounds x="1', 1)
    assert after != before
    changes = compare(Bundle("m", {"m.bpmn": before}), Bundle("m", {"m.bpmn": after}))
    assert [(each.subject, each.kind) for each in changes] == [
        (Subject.FILE, Kind.CHANGED),
        (Subject.DRAWING, Kind.CHANGED),
    ]
    assert len(changes[1].facts) == 1


def test_a_cell_of_a_rule_is_told_by_its_column():
    (change,) = differences(limits_dot_dmn=TABLE.replace(b"P7D", b"P5D"))
    assert (change.subject, change.id) == (Subject.RULE, "usual")
    assert change.facts == (Fact("due", '"P7D"', '"P5D"'),)


def test_rules_come_go_and_change_places():
    start, end = TABLE.index(b'<rule id="history"'), TABLE.index(b'<rule id="usual"')
    rule = TABLE[start:end]
    (removed,) = differences(limits_dot_dmn=TABLE.replace(rule, b""))
    assert (removed.kind, removed.id) == (Kind.REMOVED, "history")
    assert Fact("Department", '"his"', None) in removed.facts
    swapped = TABLE.replace(rule, b"").replace(b"</decisionTable>", rule + b"</decisionTable>")
    (moved,) = differences(limits_dot_dmn=swapped)
    assert moved.facts == (Fact("order", "history, usual", "usual, history"),)


def test_fields_are_compared_inside_their_groups_and_in_every_language():
    changed = FORM.replace(b'"Done"', b'"Finished"').replace(b"100", b"200")
    changes = {each.id: each.facts for each in differences(forms__check_dot_json=changed)}
    assert changes == {
        "done": (Fact("properties.label.en", "Done", "Finished"),),
        "note": (Fact("validate.maxLength", "100", "200"),),
    }


def test_another_way_of_writing_the_same_is_only_another_file():
    assert differences(forms__check_dot_json=FORM.replace(b"\n", b"\n\n")) == []
    assert differences(case_dot_bpmn=approvals("case", steps=2).xml() + b"\n") == []


@pytest.mark.parametrize(
    "broken", [b"", b"<half", b"\xff\xfe", b"<!DOCTYPE x><x/>", b"[" * 100_000]
)
def test_what_cannot_be_read_is_a_changed_file(broken):
    for name in ("case.bpmn", "limits.dmn", "forms/check.json"):
        (change,) = compare(bundle(), bundle(**{name: broken}))
        assert (change.kind, change.subject, change.file) == (Kind.CHANGED, Subject.FILE, name)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (b'isSequential="false"', b""),
        (b'x="212"', b'x="212.0"'),
    ],
)
def test_what_a_modeler_leaves_out_or_writes_out_is_no_difference(written, meant):
    name = "grade_transfer.bpmn"
    kept = (SHIPPED / "grade_transfer" / name).read_bytes()
    assert written in kept
    before = Bundle("case", {name: kept})
    after = Bundle("case", {name: kept.replace(written, meant)})
    assert [each.subject for each in compare(before, after)] == [Subject.FILE]


def test_a_message_path_that_a_modeler_renames_is_no_difference():
    kept = (SHIPPED / "grant" / "grant.bpmn").read_bytes()
    renamed = kept.replace(b"bpmn:messagePath", b"bpmn:formalExpression")
    assert renamed != kept
    before, after = (Bundle("case", {"grant.bpmn": each}) for each in (kept, renamed))
    assert [each.subject for each in compare(before, after)] == [Subject.FILE]


def test_a_picture_marks_what_came_went_and_changed():
    found = marks(of_diagram(approvals("case", steps=3, dueDate="P3D")), ["case.bpmn"])
    assert (found["step1"], found["step3"]) == (Mark.CHANGED, Mark.ADDED)
    assert found["decided2_to_finish"] is Mark.REMOVED


def test_a_picture_marks_what_is_drawn_elsewhere_and_says_the_same():
    shipped = (SHIPPED / "meeting" / "meeting.bpmn").read_bytes()
    moved = shipped.replace(b'<dc:Bounds x="440" y="260"', b'<dc:Bounds x="440" y="250"')
    changes = compare(Bundle("m", {"m.bpmn": shipped}), Bundle("m", {"m.bpmn": moved}))
    assert marks(changes, ["m.bpmn"]) == {"publish": Mark.MOVED}
    assert marks(changes, ["other.bpmn"]) == {}


def test_what_a_file_draws_is_known_and_nothing_of_a_broken_one():
    shipped = (SHIPPED / "meeting" / "meeting.bpmn").read_bytes()
    assert {"publish", "is_published", "meeting_pool"} <= drawn_in("meeting.bpmn", shipped)
    assert drawn_in("meeting.bpmn", shipped[:200]) == frozenset()
