"""Diagrams as other tools write them do what they say; what would run wrong is refused."""

from __future__ import annotations

import pytest

from engine.kernel import SUPPORTED_ELEMENTS, compile_process
from engine.kernel.building import BUILDERS
from tests.unit.kernel.diagrams import HEAD, KINDS, diagram, over

LINE = "s:start -> a:user -> b:user"


def process(inside, roots=""):
    return f'{HEAD}<process id="main">{inside}</process>{roots}</definitions>'.encode()


def flows(*pairs):
    return "".join(
        f'<sequenceFlow id="f{number}" sourceRef="{source}" targetRef="{target}"/>'
        for number, (source, target) in enumerate(pairs)
    )


@pytest.mark.parametrize(
    "name", ["Start", "End", "Root", "main", "main.EndJoin", "a.BoundaryEventSplit"]
)
def test_no_id_means_anything_special(case, name):
    run = case(f"s:start -> {name}:user -> a:user -> e:end")
    assert run.waiting == [name]
    assert run.do(name).waiting == ["a"]
    assert run.do("a").finished
    run = case(f"{name}:start -> a:user")
    assert run.went(name) == ["entered", "completed"]


@pytest.mark.parametrize("value", ["0", "false", " false "])
def test_a_boolean_may_be_written_as_a_digit(case_of_files, value):
    data = process(
        '<startEvent id="s"/><userTask id="a"/><userTask id="b"/>'
        f'<boundaryEvent id="t" attachedToRef="a" cancelActivity="{value}">'
        "<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>"
        "</boundaryEvent>" + flows(("s", "a"), ("t", "b"))
    )
    assert case_of_files(data).do("t").waiting == ["a", "b"]


@pytest.mark.parametrize(("value", "waits"), [("1", 1), ("true", 1), ("0", 2), ("false", 2)])
def test_sequential_may_be_written_as_a_digit(case, value, waits):
    marker = over("xs").replace('isSequential="0"', f'isSequential="{value}"')
    assert len(case(LINE, {"xs": [1, 2]}, a_marker=marker).waiting) == waits


def test_references_may_be_qualified_names(case_of_files):
    data = process(
        '<startEvent id="s"/><userTask id="a"/><receiveTask id="b" messageRef="tns:m"/>'
        '<boundaryEvent id="t" attachedToRef="tns:a">'
        '<messageEventDefinition messageRef="tns:m"/></boundaryEvent>'
        '<callActivity id="c" calledElement="tns:other"/>'
        + flows(("s", "tns:a"), ("tns:a", "b"), ("tns:t", "c")),
        '<message id="m" name="paid"/>'
        '<process id="other"><startEvent id="s2"/><userTask id="d"/>'
        '<sequenceFlow id="g" sourceRef="s2" targetRef="d"/></process>',
    )
    assert case_of_files(data).waiting == ["a", "t"]
    assert case_of_files(data).do("t").waiting == ["d"]


def test_a_comment_inside_an_expression_does_not_cut_it(case_of_files):
    data = process(
        '<startEvent id="s"/><exclusiveGateway id="g" default="f1"/><userTask id="a"/>'
        '<userTask id="b"/>' + flows(("s", "g"), ("g", "a")) +
        '<sequenceFlow id="x" sourceRef="g" targetRef="b"><conditionExpression>'
        "state <!-- the one -->= <?pi?>done</conditionExpression></sequenceFlow>"
    )  # fmt: skip
    assert case_of_files(data, {"state": "done"}).waiting == ["b"]


def test_foreign_elements_and_documentation_mean_nothing(case_of_files):
    foreign = '<x:sequenceFlow xmlns:x="urn:x" id="no" sourceRef="s" targetRef="b"/>'
    data = process(
        f'<extensionElements>{foreign}<process id="inner"/></extensionElements>{foreign}'
        '<documentation>text</documentation><laneSet id="ls"/><textAnnotation id="ta"/>'
        '<dataObject id="do"/><dataObjectReference id="dr" dataObjectRef="do"/>'
        '<startEvent id="s"/><userTask id="a"><ioSpecification><dataInput id="di"/>'
        "</ioSpecification><dataInputAssociation><sourceRef>dr</sourceRef>"
        "<targetRef>di</targetRef></dataInputAssociation></userTask>"
        '<userTask id="b"/>' + flows(("s", "a"), ("a", "b"))
    )
    assert case_of_files(data).do("a").waiting == ["b"]


def test_a_way_without_an_end_event_ends(case):
    run = case("s:start -> a:user")
    assert run.do("a", x=1).finished
    assert run.variables == {"x": 1}


def test_a_long_chain_compiles_and_runs(case):
    chain = " -> ".join(f"t{number}:task" for number in range(1500))
    assert case(f"s:start -> {chain} -> a:user").waiting == ["a"]


def test_other_files_of_the_bundle_are_left_alone():
    files = {"main.bpmn": diagram(LINE), "table.dmn": b"\x00", "forms/a.json": b"{"}
    assert compile_process(files, "main").process_id == "main"


def test_subprocesses_of_two_files_may_share_an_id(case_of_files):
    files = {
        "main.bpmn": diagram("s:start -> w:sub=i -> c:call=other", i="s2:start -> a:user"),
        "other.bpmn": diagram("s:start -> w:sub=i", process="other", i="s2:start -> b:user"),
    }
    assert case_of_files(files).do("a").waiting == ["b"]


@pytest.mark.parametrize(
    "flow",
    [
        "s:start -> split:and -> a:user \n split -> b:user \n s -> a",
        "s:start -> a:user -> b:user \n a -> c:user",
        "s:start -> a:user -> b:user [x]",
        "s:start -> g:xor -> a:user [x] \n g -> b:user",
        "s:start -> a:user \n t:start -> a",
        "a:user -> b:user",
        "s:start-timer -> a:user",
        "s:start -> a:user \n t:start-message -> a",
        "t:start-message=m -> a:user -> t",
        "s:start -> c:catch",
        "s:start -> c:catch-error=E",
        "s:start -> c:catch-conditional",
        "s:start -> c:throw-link",
        "s:start -> c:catch-message",
        "s:start -> e:end-cancel",
        "s:start -> e:end-compensate",
        "s:start -> t:throw-compensate -> a:user",
        "s:start -> a:user \n b:on-cancel@a -> c:user",
        "s:start -> a:user \n b:on@a -> c:user",
        "s:start -> a:user \n b:on-timer@s -> c:user",
        "s:start -> a:user \n b:on-timer@nowhere -> c:user",
        "s:start -> a:user -> b \n b:on-timer@a -> c:user",
        "s:start -> a:user -> s",
        "s:start -> e:end -> a:user",
        "s:start -> g:race -> a:user",
        "s:start -> g:race",
        "s:start -> c:call=nowhere",
        "s:start -> w:sub=inner",
    ],
)
def test_what_would_run_wrong_is_refused(flow):
    with pytest.raises(ValueError, match=r"\w"):
        compile_process({"main.bpmn": diagram(flow, inner="a2:user")}, "main")


@pytest.mark.parametrize(
    "element",
    [
        '<scriptTask id="x"><script>1</script></scriptTask>',
        '<manualTask id="x"/>',
        '<complexGateway id="x"/>',
        '<transaction id="x"/>',
        '<adHocSubProcess id="x"/>',
        '<subProcess id="x" triggeredByEvent="1"><startEvent id="y"/></subProcess>',
        '<receiveTask id="x"/>',
        '<receiveTask id="x" messageRef="nowhere"/>',
        '<receiveTask id="x" messageRef="m" instantiate="1"/>',
        '<businessRuleTask id="x"/>',
        '<callActivity id="x"/>',
        '<eventBasedGateway id="x" instantiate="true"/>',
        '<task id="x" isForCompensation="true"/>',
        '<task id="x" startQuantity="2"/>',
        '<task id="x" completionQuantity="0"/>',
        '<task id="s"/>',
        "<task/>",
        '<task id="a b"/>',
        '<task id="x"><multiInstanceLoopCharacteristics/></task>',
        '<task id="x"><standardLoopCharacteristics/></task>',
        '<task id="x"><standardLoopCharacteristics loopMaximum="many"/></task>',
        '<intermediateCatchEvent id="x"><timerEventDefinition/></intermediateCatchEvent>',
        """<intermediateCatchEvent id="x"><eventDefinitionRef>d</eventDefinitionRef>
        </intermediateCatchEvent>""",
        """<intermediateCatchEvent id="x" parallelMultiple="true">
        <messageEventDefinition messageRef="m"/><signalEventDefinition signalRef="g"/>
        </intermediateCatchEvent>""",
    ],
)
def test_an_element_that_would_run_wrong_is_refused(element):
    data = process(
        f'<startEvent id="s"/>{element}', '<message id="m" name="m"/><signal id="g" name="g"/>'
    )
    with pytest.raises(ValueError, match=r"line 1|id"):
        compile_process({"main.bpmn": data}, "main")


EVENTS = ("start", "end", "throw", "catch", "on", "on+")
DEFINITIONS = (
    "timer", "message", "signal", "error", "escalation", "terminate",
    "cancel", "compensate", "conditional", "link",
)  # fmt: skip


@pytest.mark.parametrize("definition", DEFINITIONS)
@pytest.mark.parametrize("event", EVENTS)
def test_the_allow_list_and_the_compiler_agree_on_events(event, definition):
    named = "=n" if definition in ("message", "signal", "error", "escalation") else ""
    kind = event.rstrip("+")
    written = f"x:{kind}-{definition}{event[len(kind) :]}{named}"
    flow = {
        "start": f"{written} -> a:user",
        "end": f"s:start -> a:user -> {written}",
        "on": f"s:start -> a:user \n {written}@a -> b:user",
        "on+": f"s:start -> a:user \n {written}@a -> b:user",
    }.get(event, f"s:start -> {written} -> a:user")
    key = f"{KINDS[kind]}:{definition}" + (":nonInterrupting" if event == "on+" else "")
    files = {"main.bpmn": diagram(flow)}
    if key in SUPPORTED_ELEMENTS:
        compile_process(files, "main")
    else:
        with pytest.raises(ValueError, match="'x'"):
            compile_process(files, "main")


def test_the_allow_list_and_the_compiler_agree_on_elements():
    assert set(BUILDERS) == {key.partition(":")[0] for key in SUPPORTED_ELEMENTS} - {
        "sequenceFlow",
        "multiInstanceLoopCharacteristics",
        "standardLoopCharacteristics",
    }


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<a",
        b"\xff\xfe",
        b'<!DOCTYPE a [<!ENTITY x "y">]><a/>',
        b'<!DOCTYPE definitions SYSTEM "file:///etc/passwd"><definitions/>',
    ],
)
def test_bad_xml_is_refused(data):
    with pytest.raises(ValueError, match=r"\w"):
        compile_process({"main.bpmn": data}, "main")


@pytest.mark.parametrize(
    "files",
    [
        {"main.bpmn": diagram("s:start -> w:sub=i", i="t:start-message=m -> a:user")},
        {
            "main.bpmn": diagram("s:start -> c:call=other"),
            "other.bpmn": diagram("t:start-message=m -> a:user", process="other"),
        },
    ],
    ids=["subprocess", "called process"],
)
def test_a_message_starts_the_main_process_only(files):
    with pytest.raises(ValueError, match="'t'"):
        compile_process(files, "main")


def test_processes_of_one_id_are_refused():
    twice = diagram(LINE).replace(b"</process>", b'</process><process id="main"/>')
    with pytest.raises(ValueError, match="two processes"):
        compile_process({"a.bpmn": twice}, "main")
    with pytest.raises(ValueError, match="Two processes"):
        compile_process({"a.bpmn": diagram(LINE), "b.bpmn": diagram(LINE)}, "main")
