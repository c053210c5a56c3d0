import pytest

from engine.definitions import Bundle, describe
from engine.definitions.timers import iso_kind
from engine.errors import DeploymentRejected
from tests.unit.definitions.diagrams import (
    END,
    START,
    around,
    definitions,
    diagram,
    event,
    flow,
    process,
    properties,
    service,
    single,
    user,
)
from tests.unit.definitions.faulty import INNER, MESSAGE, ON_MESSAGE, dmn, with_root

LANES = f"""<bpmn:laneSet id="ls">
  <bpmn:lane id="outer" name="University">
    <bpmn:flowNodeRef>a</bpmn:flowNodeRef><bpmn:flowNodeRef>sub</bpmn:flowNodeRef>
    <bpmn:childLaneSet id="cls">
      <bpmn:lane id="inner" name="Coordinator">
        {properties({"candidateGroup": "&quot;coordinator:&quot; + department"})}
        <bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane>
    </bpmn:childLaneSet>
  </bpmn:lane>
</bpmn:laneSet>"""


def _model(body: str, **files: bytes):
    return describe(Bundle("main", {"main.bpmn": diagram(body), **files}))


def test_the_innermost_lane_routes_and_boundary_events_follow_their_host():
    boundary = (
        '<bpmn:boundaryEvent id="late" attachedToRef="a"><bpmn:timerEventDefinition>'
        "<bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>"
        "</bpmn:boundaryEvent>" + flow("late", "end")
    )
    model = _model(LANES + single(user("a", candidateGroup=""), extra=boundary))
    for name in ("a", "late"):
        assert model.elements[name].lane == "Coordinator"
        assert model.elements[name].candidate_group == '"coordinator:" + department'
    assert model.elements["end"].lane is None
    assert model.lanes["inner"].parent == "outer"


def test_a_task_in_a_subprocess_lies_in_the_lane_of_the_subprocess():
    inner = (
        '<bpmn:startEvent id="s2"/>'
        + user("deep", candidateGroup="")
        + '<bpmn:endEvent id="e2"/>'
        + flow("s2", "deep")
        + flow("deep", "e2")
    )
    body = around(("sub", f'<bpmn:subProcess id="sub">{inner}</bpmn:subProcess>'))
    element = _model(LANES + body).elements["deep"]
    assert (element.lane, element.candidate_group) == ("University", None)
    assert (element.scope, element.process_id) == ("sub", "main")


def test_a_task_may_name_its_own_group():
    model = _model(LANES + single(user("a", candidateGroup="&quot;ri&quot;")))
    assert model.elements["a"].candidate_group == '"ri"'


def test_names_fall_back_on_french_and_on_the_id():
    model = _model(around(("a", user("a", name__en="Do")), ("b", service("b"))))
    assert model.elements["a"].names == {"fr": "Faire", "en": "Do", "es": "Faire"}
    assert model.elements["b"].names == {"fr": "b", "en": "b", "es": "b"}
    assert model.names == {"fr": "Main", "en": "Main", "es": "Main"}


def test_the_settings_of_the_process():
    given = {"timeZone": "America/Lima", "calendar": "fr", "routingVariables": "route, size ,"}
    model = _model(properties(given) + around())
    assert (model.time_zone, model.calendar) == ("America/Lima", "fr")
    assert model.routing_variables == {"route", "size"}
    assert _model(around()).time_zone == "Europe/Paris"


def test_what_starts_the_process():
    started = event("startEvent", "s2", ON_MESSAGE) + flow("s2", "end")
    both = describe(with_root(around(extra=started), MESSAGE))
    assert (both.none_start, both.message_starts) == (True, {"answer": "s2"})
    alone = describe(with_root(END + started, MESSAGE))
    assert (alone.none_start, alone.message_starts) == (False, {"answer": "s2"})


def test_the_main_process_is_named_as_the_bundle_or_called_by_no_other():
    calling = diagram(single('<bpmn:callActivity id="a" calledElement="part"/>'), key="whole")
    part = diagram(INNER, key="part")
    files = {"a.bpmn": calling, "b.bpmn": part}
    assert describe(Bundle("anything", files)).process_id == "whole"
    assert describe(Bundle("part", files)).process_id == "part"
    loose = {"a.bpmn": diagram(around(), key="one"), "b.bpmn": part}
    assert describe(Bundle("anything", loose)).process_id == ""


def test_decisions_and_forms_are_found_by_id():
    model = _model(
        around(),
        **{"t.dmn": dmn(), "forms/f.json": b'{"id": "draft"}', "forms/bad.json": b"{"},
    )
    assert model.decisions == {"limit": "t.dmn"}
    assert model.forms == {"draft": "forms/f.json"}


def test_every_element_knows_its_line():
    model = _model(around(("a", user("a"))))
    text = diagram(around(("a", user("a")))).decode().splitlines()
    for element in model.elements.values():
        assert f'id="{element.id}"' in text[element.line - 1]


def test_flows_and_loops_are_described():
    loop = (
        '<bpmn:multiInstanceLoopCharacteristics xmlns:tns="urn:t">'
        "<bpmn:loopDataInputRef>tns:people</bpmn:loopDataInputRef>"
        "<bpmn:loopDataOutputRef>votes</bpmn:loopDataOutputRef>"
        '<bpmn:inputDataItem id="person"/><bpmn:outputDataItem id="vote"/>'
        "<bpmn:completionCondition>enough</bpmn:completionCondition>"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    body = START + user("a", loop) + END + flow("start", "a", "x") + flow("a", "end")
    model = _model(body)
    found = model.elements["a"].loop
    assert found is not None
    assert (found.kind, found.collection, found.item) == ("parallel", "people", "person")
    assert (found.output, found.output_item, found.condition) == ("votes", "vote", "enough")
    assert model.flows["start_to_a"].condition == "x"
    assert model.flows["a_to_end"].condition is None


def test_a_file_that_cannot_be_read_is_refused():
    with pytest.raises(DeploymentRejected) as refused:
        describe(Bundle("main", {"main.bpmn": b"<!DOCTYPE a><a/>"}))
    assert [each.code for each in refused.value.problems] == ["doctype_refused"]


def test_files_without_a_process_describe_nothing():
    model = describe(Bundle("main", {"m.bpmn": definitions("")}))
    assert (model.process_id, dict(model.elements)) == ("", {})
    assert describe(Bundle("main", {"m.bpmn": definitions(process("", "p", ""))})).processes


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("P7D", "duration"),
        ("-PT36H", "duration"),
        ("P7J", "duration"),
        ("R3/PT24H", "cycle"),
        ("R/P1W", "cycle"),
        ("2027-01-31T12:00:00+01:00", "date"),
        ("2027-01-31", "date"),
        ("deadline", None),
        ("Period", None),
        ('duration("P1D")', None),
        ("=P7D", None),
        ("Rate / 2", None),
    ],
)
def test_a_timer_is_iso_8601_or_feel(text, kind):
    assert iso_kind(text) == kind
