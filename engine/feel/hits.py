"""From the rules that match to the outcome of a decision: the hit policies of DMN."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from engine.errors import ExpressionError
from engine.feel.decision import Aggregation, Decided, Decision, HitPolicy
from engine.values import Value

#: Evaluates all cells of a table in one call: (table, texts to look for variables in, context).
AskTable: TypeAlias = Callable[
    [Mapping[str, object], Iterable[str], Mapping[str, Value]], list[dict[str, Any]]
]


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that matches, its outputs, and each output's place in its list of values."""

    rule: str
    outputs: tuple[Value, ...]
    ranks: tuple[int, ...]


def decide(decision: Decision, context: Mapping[str, Value], ask: AskTable) -> Decided:
    """Evaluate the decisions required, each once, then this one. Raises ExpressionError."""
    return _decide(decision, context, ask, {})


def _decide(
    decision: Decision, context: Mapping[str, Value], ask: AskTable, done: dict[str, Decided]
) -> Decided:
    if decision.id in done:
        return done[decision.id]
    visible = dict(context)
    for requirement in decision.requires:
        required = _decide(requirement.decision, context, ask, done).outputs
        single = len(requirement.decision.outputs) == 1
        visible[requirement.variable] = next(iter(required.values())) if single else dict(required)
    found = ask(_table(decision), _texts(decision), visible)
    hits = [
        Hit(decision.rules[row["index"]].id, tuple(row["outputs"]), tuple(row["ranks"]))
        for row in found
    ]
    done[decision.id] = _POLICIES[decision.hit_policy](decision, hits)
    return done[decision.id]


def _table(decision: Decision) -> dict[str, object]:
    ranked = decision.hit_policy in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER)
    return {
        "id": decision.id,
        "first": decision.hit_policy is HitPolicy.FIRST,
        "inputs": [
            {"label": i.label, "expression": i.expression, "type": i.type, "allowed": i.allowed}
            for i in decision.inputs
        ],
        "outputs": [
            {"label": o.name, "type": o.type, "allowed": o.allowed, "ranked": ranked}
            for o in decision.outputs
        ],
        "rules": [{"id": r.id, "tests": r.tests, "outputs": r.outputs} for r in decision.rules],
    }


def _texts(decision: Decision) -> Iterable[str]:
    for column in decision.inputs:
        yield column.expression
        yield column.allowed
    for output in decision.outputs:
        yield output.allowed
    for rule in decision.rules:
        yield from rule.tests
        yield from rule.outputs


def _decided(decision: Decision, columns: Sequence[Value], hits: Iterable[Hit]) -> Decided:
    names = [output.name for output in decision.outputs]
    return Decided(dict(zip(names, columns, strict=True)), tuple(hit.rule for hit in hits))


def _one(decision: Decision, hits: Sequence[Hit]) -> Decided:
    if not hits:
        return _decided(decision, [None] * len(decision.outputs), ())
    return _decided(decision, hits[0].outputs, hits[:1])


def _all(decision: Decision, hits: Sequence[Hit]) -> Decided:
    """Each output becomes the list of its values; null, as everywhere, if nothing matches."""
    if not hits:
        return _one(decision, hits)
    return _decided(decision, [list(column) for column in zip(*_rows(hits), strict=True)], hits)


def _rows(hits: Sequence[Hit]) -> list[tuple[Value, ...]]:
    return [hit.outputs for hit in hits]


def _unique(decision: Decision, hits: Sequence[Hit]) -> Decided:
    if len(hits) > 1:
        raise _several(decision, hits, "but only one may")
    return _one(decision, hits)


def _any(decision: Decision, hits: Sequence[Hit]) -> Decided:
    if any(hit.outputs != hits[0].outputs for hit in hits):
        raise _several(decision, hits, "and do not say the same")
    return _decided(decision, hits[0].outputs, hits) if hits else _one(decision, hits)


def _priority(decision: Decision, hits: Sequence[Hit]) -> Decided:
    return _one(decision, sorted(hits, key=_rank))


def _output_order(decision: Decision, hits: Sequence[Hit]) -> Decided:
    return _all(decision, sorted(hits, key=_rank))


def _rank(hit: Hit) -> tuple[int, ...]:
    """Lower is more important; an output that is in no list comes last."""
    return tuple(rank if rank >= 0 else len(hit.ranks) + 10**6 for rank in hit.ranks)


def _collect(decision: Decision, hits: Sequence[Hit]) -> Decided:
    if decision.aggregation is None:
        return _all(decision, hits)
    if decision.aggregation is Aggregation.COUNT:
        return _decided(decision, [len(hits)] * len(decision.outputs), hits)
    if not hits:
        return _one(decision, hits)
    columns = [_numbers(decision, column) for column in zip(*_rows(hits), strict=True)]
    return _decided(decision, [_AGGREGATE[decision.aggregation](c) for c in columns], hits)


def _numbers(decision: Decision, column: Sequence[Value]) -> list[float]:
    numbers = [v for v in column if isinstance(v, (int, float)) and not isinstance(v, bool)]
    if len(numbers) != len(column):
        raise ExpressionError(
            decision.id,
            f"The decision {decision.id} adds or compares outputs that are not all numbers.",
            reason="wrong_type",
        )
    return numbers


def _several(decision: Decision, hits: Sequence[Hit], complaint: str) -> ExpressionError:
    rules = ", ".join(hit.rule for hit in hits)
    return ExpressionError(
        decision.id,
        f"Several rules of the decision {decision.id} match {complaint}: {rules}.",
        reason="several_rules",
        rules=rules,
    )


_AGGREGATE: Final[Mapping[Aggregation, Callable[[list[float]], float]]] = {
    Aggregation.SUM: sum,
    Aggregation.MIN: min,
    Aggregation.MAX: max,
}
_POLICIES: Final[Mapping[HitPolicy, Callable[[Decision, Sequence[Hit]], Decided]]] = {
    HitPolicy.UNIQUE: _unique,
    HitPolicy.ANY: _any,
    HitPolicy.FIRST: _one,
    HitPolicy.PRIORITY: _priority,
    HitPolicy.RULE_ORDER: _all,
    HitPolicy.OUTPUT_ORDER: _output_order,
    HitPolicy.COLLECT: _collect,
}
