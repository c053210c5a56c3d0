"""Building an activity with a loop marker: the loop and, inside it, the node of one instance."""

from __future__ import annotations

from engine.kernel.building import Builder, Context
from engine.kernel.diagram import Unsupported, Xml, child, expression, flag, identifier
from engine.kernel.loops import Collection, LoopNode, MultiInstance, StandardLoop
from engine.kernel.node import Node
from engine.kernel.process import ProcessSpec


def add_loop(process: ProcessSpec, build: Builder, context: Context, element: Xml) -> Node:
    """The node of an element, wrapped in its loop where it has a marker."""
    name = identifier(element)
    standard = child(element, "standardLoopCharacteristics")
    multiple = child(element, "multiInstanceLoopCharacteristics")
    loop: LoopNode
    if standard is not None:
        loop = _standard(process, element, standard, name)
    elif multiple is not None:
        loop = _multiple(process, element, multiple, name)
    else:
        return build(context, element, name)
    inner = build(context, element, f"{name} instance")
    inner.visible = False
    inner.loop = loop
    loop.inner = inner
    return loop


def _standard(process: ProcessSpec, element: Xml, marker: Xml, name: str) -> StandardLoop:
    condition = expression(child(marker, "loopCondition"))
    maximum = marker.get("loopMaximum")
    if condition is None and maximum is None:
        raise Unsupported(element, "a loop needs a condition or a maximum.")
    if maximum is not None and not maximum.strip().isdigit():
        raise Unsupported(element, "loopMaximum is not a number.")
    return StandardLoop(
        process,
        name,
        condition=condition,
        maximum=None if maximum is None else int(maximum),
        test_before=flag(marker, "testBefore", default=False),
    )


def _multiple(process: ProcessSpec, element: Xml, marker: Xml, name: str) -> MultiInstance:
    cardinality = expression(child(marker, "loopCardinality"))
    source = expression(child(marker, "loopDataInputRef"))
    if (cardinality is None) == (source is None):
        raise Unsupported(element, "a multi-instance needs a collection or a cardinality.")
    if marker.get("behavior", "All") != "All":
        raise Unsupported(element, "events thrown by a multi-instance cannot be executed.")
    over = Collection(
        cardinality=cardinality,
        source=source,
        item=_item(marker, "inputDataItem"),
        target=expression(child(marker, "loopDataOutputRef")),
        result=_item(marker, "outputDataItem"),
    )
    if (over.target is None) != (over.result is None):
        raise Unsupported(element, "loopDataOutputRef and outputDataItem belong together.")
    return MultiInstance(
        process,
        name,
        over,
        sequential=flag(marker, "isSequential", default=False),
        completion=expression(child(marker, "completionCondition")),
    )


def _item(marker: Xml, local: str) -> str | None:
    found = child(marker, local)
    return None if found is None else identifier(found)
