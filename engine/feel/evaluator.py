"""FEEL for the engine: many expressions, one context, one call of V8."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final
from zoneinfo import ZoneInfo

from engine.clock import Clock, SystemClock
from engine.errors import ExpressionError
from engine.feel import native
from engine.feel.decision import Decided, Decision
from engine.feel.hits import decide
from engine.feel.isolate import DEFAULT_BYTES, DEFAULT_SECONDS, IsolateStopped, shared_isolate
from engine.feel.text import plain, words
from engine.values import Value

MAX_CHARS: Final = 10_000
MAX_NESTING: Final = 200
DEFAULT_ZONE: Final = ZoneInfo("Europe/Paris")

#: Kinds of syntax nodes that can never be true or false.
NEVER_BOOLEAN: Final = frozenset(
    {
        "ArithmeticExpression",
        "Context",
        "DateTimeLiteral",
        "ForExpression",
        "FunctionDefinition",
        "List",
        "NumericLiteral",
        "StringLiteral",
        "null",
    }
)


@dataclass(frozen=True, slots=True)
class _Result:
    """A value, and what feelin remarked on the way to it."""

    value: Value
    notes: Sequence[str] = ()


class Feel:
    """Evaluates FEEL; all objects of a process with the same limits share one isolate.

    They may be shared by threads and forks.

    ``clock`` is what ``now()`` and ``today()`` read; times without an offset
    are in ``zone``. Visible to an expression are the variables whose names are
    written like identifiers. ``is defined(x)`` is the one way to mention a
    variable that may not exist.
    """

    def __init__(
        self,
        clock: Clock | None = None,
        zone: ZoneInfo = DEFAULT_ZONE,
        seconds: float = DEFAULT_SECONDS,
        max_bytes: int = DEFAULT_BYTES,
    ) -> None:
        self._clock = clock or SystemClock()
        self._zone = zone
        self._isolate = shared_isolate(seconds, max_bytes)

    def check(self, expression: str) -> list[str]:
        """What is wrong with an expression, in sentences; empty if nothing is.

        Beside syntax errors these are spellings that would be evaluated to
        something else than they seem to say (``==``, ``not x``, ...).
        """
        return self._check(plain(expression), unary=False)[0]

    def check_condition(self, expression: str) -> list[str]:
        """As ``check``, and whether it is plain to see that it is neither true nor false."""
        sentences, root = self._check(plain(expression), unary=False)
        if root in NEVER_BOOLEAN:
            sentences.append("A condition must be true or false; this is something else.")
        return sentences

    def check_unary(self, tests: str) -> list[str]:
        """What is wrong with the unary tests of a decision table's cell."""
        text = tests.strip()
        return self._check(text, unary=True)[0] if text else []

    def evaluate(self, expressions: Sequence[str], context: Mapping[str, Value]) -> list[Value]:
        """The values of all expressions, in order, for one context.

        Dates, times and durations come back as ISO 8601 strings. Raises
        ExpressionError for the first that fails, with ``reason`` one of
        missing_variable, bad_function_call, timeout, memory, too_long,
        too_large, unsafe_value, not_a_value, failed.
        """
        return [result.value for result in self._results(expressions, context)]

    def conditions(self, expressions: Sequence[str], context: Mapping[str, Value]) -> list[bool]:
        """As ``evaluate``; whatever is not true or false is refused (``not_boolean``)."""
        answers = []
        for expression, result in zip(
            expressions, self._results(expressions, context), strict=True
        ):
            if not isinstance(result.value, bool):
                raise _not_boolean(expression, result)
            answers.append(result.value)
        return answers

    def decide(self, decision: Decision, context: Mapping[str, Value]) -> Decided:
        """Evaluate a decision, after the decisions it requires; raises ExpressionError."""
        return decide(decision, context, self._ask_table)

    def close(self) -> None:
        """Free the isolate's memory; the next use sets it up again."""
        self._isolate.close()

    def _results(self, expressions: Sequence[str], context: Mapping[str, Value]) -> list[_Result]:
        texts = [plain(expression) for expression in expressions]
        results: dict[int, _Result] = {}
        left: list[int] = []
        for index, text in enumerate(texts):
            value = native.evaluate(text, context)
            if value is native.UNDECIDED:
                left.append(index)
            else:
                results[index] = _Result(value)
        if left:
            results.update(zip(left, self._v8([texts[i] for i in left], context), strict=True))
        return [results[index] for index in range(len(texts))]

    def _v8(self, texts: list[str], context: Mapping[str, Value]) -> list[_Result]:
        for text in texts:
            _refuse_size(text)
        request: dict[str, object] = {"expressions": texts, "context": visible(texts, context)}
        answer = self._call("evaluate", request, "; ".join(texts))
        for text, result in zip(texts, answer["results"], strict=True):
            if "error" in result:
                raise _failed(text, result)
        return [_Result(result["value"], result["notes"]) for result in answer["results"]]

    def _ask_table(
        self, table: Mapping[str, object], texts: Iterable[str], context: Mapping[str, Value]
    ) -> list[dict[str, Any]]:
        request: dict[str, object] = {"table": table, "context": visible(texts, context)}
        answer = self._call("decide", request, str(table["id"]))
        rules: list[dict[str, Any]] = answer["rules"]
        return rules

    def _call(self, function: str, request: dict[str, object], subject: str) -> dict[str, Any]:
        now = self._clock.now()
        offset = now.astimezone(self._zone).utcoffset()
        request["offset"] = 0.0 if offset is None else offset.total_seconds() / 60
        try:
            answer = self._isolate.call(
                function, request, int(now.astimezone(UTC).timestamp() * 1000)
            )
        except IsolateStopped as stopped:
            raise _stopped(subject, stopped) from None
        except ValueError as error:
            raise ExpressionError(
                subject,
                f"A variable cannot be passed to the expression: {error}.",
                reason="unsafe_value",
            ) from None
        if "error" in answer:
            raise _failed(answer.get("expression", subject), answer)
        return answer

    def _check(self, text: str, unary: bool) -> tuple[list[str], str]:
        try:
            _refuse_size(text)
            answer = self._isolate.call("check", {"text": text, "unary": unary})
        except ExpressionError as error:
            return [error.detail], ""
        except IsolateStopped as stopped:
            return [f"The expression cannot be read: {stopped}."], ""
        except ValueError:
            return ["The expression holds characters that are no text."], ""
        return [_sentence(text, problem) for problem in answer["problems"]], answer["root"] or ""


def visible(texts: Iterable[str], context: Mapping[str, Value]) -> dict[str, Value]:
    """The part of the context that the texts can read."""
    mentioned = frozenset().union(*(words(text) for text in texts))
    return {name: context[name] for name in mentioned if name in context}


def _refuse_size(text: str) -> None:
    if len(text) > MAX_CHARS:
        raise ExpressionError(
            f"{text[:100]}…",
            f"The expression is longer than {MAX_CHARS} characters.",
            reason="too_long",
        )
    depth = deepest = 0
    for char in text:
        depth += (char in "([{") - (char in ")]}")
        deepest = max(deepest, depth)
    if deepest > MAX_NESTING:
        raise ExpressionError(
            f"{text[:100]}…",
            f"The expression has more than {MAX_NESTING} levels of brackets.",
            reason="too_long",
        )


def _not_boolean(expression: str, result: _Result) -> ExpressionError:
    shown = repr(result.value)[:80]
    why = f" ({'; '.join(result.notes)})" if result.notes else ""
    return ExpressionError(
        expression,
        f"The condition {expression} gave {shown}, neither true nor false{why}.",
        reason="not_boolean",
    )


def _stopped(subject: str, stopped: IsolateStopped) -> ExpressionError:
    return ExpressionError(
        subject, f"The expression {subject[:200]} was stopped: {stopped}.", reason=stopped.reason
    )


def _failed(text: str, answer: Mapping[str, Any]) -> ExpressionError:
    params = {"reason": answer["error"]}
    for name in ("variable", "rule"):
        if answer.get(name):
            params[name] = answer[name]
    place = f" (rule {params['rule']})" if "rule" in params else ""
    sentence = f"The expression {text[:200]} failed{place}: {answer['message']}."
    return ExpressionError(text, sentence, **params)


def _sentence(text: str, problem: Mapping[str, Any]) -> str:
    where = f" (character {problem['from'] + 1})" if len(text) > 1 else ""
    message = problem["message"]
    if message.startswith(("is ", "cannot ")):
        message = f"the expression {message}"
    return f"{message[0].upper()}{message[1:]}{where}."
