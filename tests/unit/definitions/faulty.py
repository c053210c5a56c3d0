"""Bundles with one thing in them, for the tables of faults.

A row of a table is ``(code, bundle, element id)``; the id is empty where none applies.
"""

from engine.definitions import Bundle
from tests.unit.definitions.diagrams import (
    END,
    START,
    bundle,
    diagram,
    event,
    flow,
    service,
    single,
)

Row = tuple[str, Bundle, str]


def one_file(data: bytes, name: str = "main.bpmn") -> Bundle:
    return Bundle("main", {name: data})


def with_root(body: str, root: str) -> Bundle:
    return one_file(diagram(body, root=root))


def with_task(xml: str) -> Bundle:
    return bundle(single(xml))


def with_gateway(tag: str, first: str = "", second: str = "", attributes: str = "") -> Bundle:
    """A gateway ``g`` with flows ``f1`` and ``f2`` to the end."""
    body = "\n".join(
        [
            START,
            f'<bpmn:{tag} id="g" {attributes}/>',
            END,
            flow("start", "g"),
            flow("g", "end", first, "f1"),
            flow("g", "end", second, "f2"),
        ]
    )
    return bundle(body)


def with_lanes(lanes: str, body: str) -> Bundle:
    return bundle(f"<bpmn:laneSet id='ls'>{lanes}</bpmn:laneSet>\n{body}")


def subprocess(inner: str, outer: str = "", attributes: str = "") -> str:
    return f'<bpmn:subProcess id="sub" {attributes}>{inner}</bpmn:subProcess>{outer}'


def boundary(identifier: str, host: str, definition: str, attributes: str = "") -> str:
    attributes = f'attachedToRef="{host}" {attributes}'
    event_xml = event("boundaryEvent", identifier, definition, attributes)
    return event_xml + flow(identifier, "end")


MESSAGE = '<bpmn:message id="m" name="answer"/>'
ON_MESSAGE = '<bpmn:messageEventDefinition messageRef="m"/>'
INNER_START = '<bpmn:startEvent id="s2"/>'
INNER_END = '<bpmn:endEvent id="e2"/>'
INNER = INNER_START + INNER_END + flow("s2", "e2")
DMN = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="t" name="t">'
    '<decision id="limit"><decisionTable><input id="i"><inputExpression id="ie">'
    '<text>year</text></inputExpression></input><output id="o" name="deadline"/>'
    '<rule id="r"><inputEntry id="c1"><text>{test}</text></inputEntry>'
    '<outputEntry id="c2"><text>1</text></outputEntry></rule></decisionTable></decision>'
    "</definitions>"
)
MULTI = (
    '<bpmn:multiInstanceLoopCharacteristics isSequential="{sequential}">{inner}'
    "</bpmn:multiInstanceLoopCharacteristics>"
)
CATCH = event("intermediateCatchEvent", "a", "{}")


def dmn(test: str = "&gt; 1") -> bytes:
    return DMN.format(test=test).encode()


def parallel(first: str, second: str, gateway: str = "parallelGateway", **files: bytes) -> Bundle:
    """Two branches with the nodes ``a`` and ``b``."""
    condition = "x &gt; 1" if gateway == "inclusiveGateway" else ""
    body = "\n".join(
        [
            START,
            f'<bpmn:{gateway} id="fork"/>',
            first,
            second,
            f'<bpmn:{gateway} id="join"/>',
            END,
            flow("start", "fork"),
            flow("fork", "a", condition),
            flow("fork", "b", condition),
            flow("a", "join"),
            flow("b", "join"),
            flow("join", "end"),
        ]
    )
    return Bundle("main", {"main.bpmn": diagram(body, root=MESSAGE), **files})


def multi(inner: str, sequential: str = "true", task: str = "") -> Bundle:
    loop = MULTI.format(sequential=sequential, inner=inner)
    return with_task(task.format(loop) if task else service("a", loop))


CARDINALITY = "<bpmn:loopCardinality>3</bpmn:loopCardinality>"
COLLECTION = "<bpmn:loopDataInputRef>{}</bpmn:loopDataInputRef>"


def race(first: str, second: str, *, more: str = "") -> Bundle:
    body = (
        START
        + '<bpmn:eventBasedGateway id="g"/>'
        + END
        + flow("start", "g")
        + first
        + flow("g", "a")
        + flow("a", "end")
        + second
        + flow("g", "b")
        + flow("b", "end")
        + more
    )
    return with_root(body, MESSAGE)


def wait(identifier: str, definition: str) -> str:
    return event("intermediateCatchEvent", identifier, definition)
