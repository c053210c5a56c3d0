"""Writes a process of blocks as BPMN."""

from __future__ import annotations

from itertools import pairwise

from tests.reliability.processes_blocks import (
    Auto,
    Block,
    Catch,
    Choice,
    Escalate,
    Event,
    Guarded,
    Leave,
    Loop,
    Multi,
    Par,
    Race,
    Rounds,
    Seq,
    Sub,
    Work,
)

_HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">'
_TAIL = (
    '<error id="E" errorCode="E"/><escalation id="Y" escalationCode="Y"/>'
    '<message id="M" name="M"/></definitions>'
)
_EVENTS = {
    "timer": "<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>",
    "cycle": "<timerEventDefinition><timeCycle>R/P1D</timeCycle></timerEventDefinition>",
    "message": '<messageEventDefinition messageRef="M"/>',
    "error": '<errorEventDefinition errorRef="E"/>',
    "escalation": '<escalationEventDefinition escalationRef="Y"/>',
    "terminate": "<terminateEventDefinition/>",
}


def diagram(process: Block) -> bytes:
    """A BPMN file whose process ``main`` does what the blocks say."""
    called: list[str] = []
    main = Container(called, "main").finish(process)
    processes = [f'<process id="main">{main}</process>', *called]
    return (_HEAD + "".join(processes) + _TAIL).encode()


class Container:
    """A process or subprocess being written."""

    def __init__(self, called: list[str], name: str) -> None:
        self.called = called
        self.name = name
        self.parts: list[str] = []
        self.flows = 0

    def finish(self, body: Block) -> str:
        self.put("startEvent", f"{self.name}_start")
        self.put("endEvent", f"{self.name}_end")
        first, last = self.write(body)
        self.flow(f"{self.name}_start", first)
        self.flow(last, f"{self.name}_end")
        return "".join(self.parts)

    def put(self, tag: str, name: str, inside: str = "", **attributes: str) -> str:
        written = "".join(f' {key}="{value}"' for key, value in attributes.items())
        self.parts.append(f'<{tag} id="{name}"{written}>{inside}</{tag}>')
        return name

    def flow(self, source: str, target: str, condition: str = "", name: str = "") -> str:
        self.flows += 1
        name = name or f"{self.name}_f{self.flows}"
        inside = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
        return self.put("sequenceFlow", name, inside, sourceRef=source, targetRef=target)

    def write(self, block: Block, marker: str = "") -> tuple[str, str]:
        """Write a block; gives its first and its last element."""
        kind = type(block).__name__.lower()
        if kind in ("work", "sub"):
            return getattr(self, f"_{kind}")(block, marker)
        return getattr(self, f"_{kind}")(block)

    def _work(self, block: Work, marker: str) -> tuple[str, str]:
        return self._one(self.put(f"{block.kind}Task", block.id, marker))

    def _one(self, name: str) -> tuple[str, str]:
        return name, name

    def _auto(self, block: Auto) -> tuple[str, str]:
        return self._one(self.put("task", block.id))

    def _catch(self, block: Catch) -> tuple[str, str]:
        if block.receive:
            return self._one(self.put("receiveTask", block.id, messageRef="M"))
        return self._one(self.put("intermediateCatchEvent", block.id, _EVENTS[block.kind]))

    def _escalate(self, block: Escalate) -> tuple[str, str]:
        return self._one(self.put("intermediateThrowEvent", block.id, _EVENTS["escalation"]))

    def _seq(self, block: Seq) -> tuple[str, str]:
        ends = [self.write(part) for part in block.parts]
        for (_, source), (target, _) in pairwise(ends):
            self.flow(source, target)
        return ends[0][0], ends[-1][1]

    def _par(self, block: Par) -> tuple[str, str]:
        split = self.put("parallelGateway", f"{block.id}_split")
        join = self.put("parallelGateway", f"{block.id}_join")
        for branch in block.branches:
            first, last = self.write(branch)
            self.flow(split, first)
            self.flow(last, join)
        return split, join

    def _choice(self, block: Choice) -> tuple[str, str]:
        tag = "inclusiveGateway" if block.inclusive else "exclusiveGateway"
        default = f"{block.id}_default"
        split = self.put(tag, f"{block.id}_split", default=default)
        join = self.put(tag, f"{block.id}_join")
        for branch, condition in zip(block.branches, (*block.conditions, ""), strict=True):
            first, last = self.write(branch)
            self.flow(split, first, condition, "" if condition else default)
            self.flow(last, join)
        return split, join

    def _loop(self, block: Loop) -> tuple[str, str]:
        enter = self.put("exclusiveGateway", f"{block.id}_in")
        leave = self.put("exclusiveGateway", f"{block.id}_out", default=f"{block.id}_on")
        after = self.put("task", f"{block.id}_after")
        first, last = self.write(block.body)
        self.flow(enter, first)
        self.flow(last, leave)
        self.flow(leave, enter, block.again)
        self.flow(leave, after, name=f"{block.id}_on")
        return enter, after

    def _sub(self, block: Sub, marker: str) -> tuple[str, str]:
        if block.called:
            inside = Container(self.called, f"{block.id}_process").finish(block.body)
            self.called.append(f'<process id="{block.id}_process">{inside}</process>')
            called = f"{block.id}_process"
            return self._one(self.put("callActivity", block.id, marker, calledElement=called))
        inside = Container(self.called, f"{block.id}_inside").finish(block.body)
        return self._one(self.put("subProcess", block.id, marker + inside))

    def _multi(self, block: Multi) -> tuple[str, str]:
        over = (
            "<loopDataInputRef>items</loopDataInputRef>"
            if block.over_items
            else "<loopCardinality>n</loopCardinality>"
        )
        enough = (
            f"<completionCondition>enough {block.enough}</completionCondition>"
            if block.enough
            else ""
        )
        marker = (
            f'<multiInstanceLoopCharacteristics isSequential="{str(block.sequential).lower()}">'
            f"{over}<loopDataOutputRef>out_{block.id}</loopDataOutputRef>"
            f'<inputDataItem id="item_{block.id}"/><outputDataItem id="res_{block.id}"/>'
            f"{enough}</multiInstanceLoopCharacteristics>"
        )
        return self.write(block.inner, marker)

    def _rounds(self, block: Rounds) -> tuple[str, str]:
        marker = f'<standardLoopCharacteristics loopMaximum="{block.maximum}"/>'
        return self.write(block.inner, marker)

    def _guarded(self, block: Guarded) -> tuple[str, str]:
        host, _ = self.write(block.host)
        last = host
        if any(event.interrupting for event in block.events):
            last = self.put("exclusiveGateway", f"{block.id}_merge")
            self.flow(host, last)
        for event in block.events:
            self._event(event, host, last)
        return host, last

    def _event(self, event: Event, host: str, merge: str) -> None:
        cancels = "true" if event.interrupting else "0"
        self.put(
            "boundaryEvent",
            event.id,
            _EVENTS[event.kind],
            attachedToRef=host,
            cancelActivity=cancels,
        )
        first, last = self.write(event.path)
        self.flow(event.id, first)
        target = merge if event.interrupting else self.put("endEvent", f"{event.id}_end")
        self.flow(last, target)

    def _race(self, block: Race) -> tuple[str, str]:
        gateway = self.put("eventBasedGateway", block.id)
        merge = self.put("exclusiveGateway", f"{block.id}_merge")
        for catch, body in block.branches:
            caught, _ = self.write(catch)
            first, last = self.write(body)
            self.flow(gateway, caught)
            self.flow(caught, first)
            self.flow(last, merge)
        return gateway, merge

    def _leave(self, block: Leave) -> tuple[str, str]:
        first, last = self.write(block.work)
        choice = self.put("exclusiveGateway", block.id, default=f"{block.id}_on")
        after = self.put("task", f"{block.id}_after")
        end = self.put(
            "endEvent", f"{block.id}_end", _EVENTS["error" if block.by_error else "terminate"]
        )
        self.flow(last, choice)
        self.flow(choice, end, block.condition)
        self.flow(choice, after, name=f"{block.id}_on")
        return first, after
