"""A grade's calculation in words: tables, intervals, policies, and every step of the way."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy

from workflows.recognition.conversion import AGREED, AGREED_UNUSABLE
from workflows.recognition.trace import Fallback, Match, Method, Outcome, TableUsed, Trace

POLICIES = {
    "min": lazy("the lowest of them counts"),
    "mean": lazy("their average counts"),
    "overlap_weighted": lazy("their average counts, weighted by the overlap"),
    "midpoint": lazy("the one at the middle of the interval counts"),
    "max": lazy("the highest of them counts"),
}
STEPS = {
    "isced_4": lazy("field of 4 digits"),
    "isced_3": lazy("field of 3 digits"),
    "isced_2": lazy("field of 2 digits"),
    "isced_1": lazy("field of 1 digit"),
    "institution": lazy("whole institution"),
    "tables": lazy("grading tables"),
    "grid": lazy("fixed grid"),
    "formula": lazy("formula"),
}
WHY = {
    "no_table": lazy("no table"),
    "no_grid": lazy("there is none"),
    "not_in_grid": lazy("the grade is not in it"),
    "not_in_table": lazy("the grade cannot be placed in it"),
    "not_a_number": lazy("the grade is no number"),
}
SIDES = {"source": lazy("partner"), "target": lazy("here")}
FLAGS = {
    "below_pass_mark": lazy("The partner passed it although it lies below its pass mark."),
    "nobody_has_it": lazy("Nobody in the table has this grade: it counts as the point it lies at."),
    "other_level": lazy("There is no table of this level; that of another was taken."),
    "percentages": lazy("The partner published percentages: of how many is not known."),
    "fails_stripped": lazy("The table listed fails; they were taken out."),
    "reordered": lazy("The table did not begin with the best grade; it was put in order."),
    "single_year": lazy("The table covers one year only."),
    AGREED: lazy("This way was agreed in the recognition plan."),
    AGREED_UNUSABLE: lazy("The way agreed in the recognition plan leads to no grade here."),
}
MATCHES = {
    Match.BAND: lazy("“%(grade)s” is not in the partner’s table; it falls into “%(label)s”."),
    Match.RANGE: lazy("“%(grade)s” falls into the line “%(label)s” of the partner’s table."),
    Match.NEAREST: lazy("“%(grade)s” is not in the partner’s table; the nearest is “%(label)s”."),
}


def conversion_policy(code: str) -> str:
    """Which of several grades counts."""
    return str(POLICIES.get(code, code))


def grade_calculation(trace: Trace) -> list[str]:
    """How a grade was found, in sentences, step by step."""
    return [str(sentence) for sentence in _steps(trace)]


def grading_table(table: TableUsed) -> str:
    """Which grading table: whose, of which field and years, in which version."""
    field = table.isced_f or _("all fields")
    years = ", ".join(table.years) or _("years not given")
    of = (
        ngettext("%(num)d pass", "%(num)d passes", int(table.total))
        if table.counted
        else _("percentages")
    )
    said = _(
        "%(hei)s, field %(field)s, %(years)s, version %(version)s, %(of)s (%(id)s)",
        hei=table.hei_id,
        field=field,
        years=years,
        version=table.version,
        of=of,
        id=table.id,
    )
    return str(said)


def table_remark(flag: str) -> str:
    """What was put right in a grading table, or should be known of it."""
    code, _sep, total = flag.partition(":")
    if code == "shares_sum":
        number = format_decimal(Decimal(total))
        sentence = _(
            "The published shares add up to %(number)s; they were taken as parts of that.",
            number=number,
        )
        return str(sentence)
    return str(FLAGS[code])


def percent(part: Fraction) -> str:
    """A part of a whole in per cent, to one decimal."""
    tenths = round(part * 1000)
    return str(_("%(number)s %%", number=format_decimal(Decimal(tenths) / 10)))


def _steps(trace: Trace) -> Iterator[str]:
    if trace.outcome is Outcome.UNGRADED and AGREED in trace.flags:
        yield _("The recognition plan agrees on no grades: the credits count, without an average.")
        return
    if trace.outcome is Outcome.UNGRADED:
        yield _(
            "A course without grades carries credits and no grade; it stays out of the average."
        )
        return
    if trace.outcome is Outcome.FAILED:
        yield _("The partner did not pass it: it stays a fail, below 10 here.")
    yield from _way(trace)
    if trace.exact is not None and trace.step is not None:
        yield _(
            "%(exact)s, rounded to %(step)s: %(result)s.",
            exact=_number(trace.exact),
            step=format_decimal(trace.step),
            result=format_decimal(trace.result),
        )
    elif trace.outcome is Outcome.PASSED:
        yield _(
            "No way leads to a grade. Give one with a reason, or leave it empty: the credits count."
        )
    if trace.fallbacks:
        yield _("Tried before: %(steps)s.", steps="; ".join(map(_fallback, trace.fallbacks)))
    for flag in trace.flags:
        if flag in FLAGS or flag.startswith("shares_sum"):
            yield table_remark(flag)


def _way(trace: Trace) -> Iterator[str]:
    if trace.method is Method.TABLES:
        yield from _by_tables(trace)
    elif trace.method is Method.GRID and trace.bounds is not None:
        low, high = trace.bounds
        yield _(
            "The voted grid (%(grid)s) makes “%(grade)s” worth %(low)s to %(high)s.",
            grid=trace.grid,
            grade=trace.matched,
            low=_number(low),
            high=_number(high),
        )
        yield _policy(trace)
    elif trace.method is Method.FORMULA:
        yield _(
            "The modified Bavarian formula, on to 20, gives this for “%(grade)s”.",
            grade=trace.grade,
        )


def _by_tables(trace: Trace) -> Iterator[str]:
    assert trace.interval is not None
    if trace.match in MATCHES:
        assert trace.match is not None
        yield str(MATCHES[trace.match]) % {"grade": trace.grade, "label": trace.matched}
    start, end = trace.interval
    yield _(
        "“%(label)s” takes the places from %(start)s to %(end)s of all passes there, "
        "counted from the best.",
        label=trace.matched,
        start=percent(start),
        end=percent(end),
    )
    whole = end - start
    found = ", ".join(
        f"{each.label} ({percent(each.part / whole)})" if whole else each.label
        for each in trace.overlaps
    )
    if len(trace.overlaps) == 1:
        yield _("Here these places have %(grade)s.", grade=trace.overlaps[0].label)
    else:
        yield _("Here these places have %(grades)s.", grades=found)
        yield _policy(trace)


def _policy(trace: Trace) -> str:
    said = conversion_policy(trace.policy.value if trace.policy else "")
    return str(_("Fixed in advance by the department: %(policy)s.", policy=said))


def _fallback(step: Fallback) -> str:
    name = str(STEPS.get(step.step, step.step))
    if step.side:
        name = _("%(step)s (%(side)s)", step=name, side=str(SIDES.get(step.side, step.side)))
    if step.passes is not None:
        why = ngettext("only %(num)d pass", "only %(num)d passes", step.passes)
    else:
        why = str(WHY.get(step.why, step.why))
    return str(_("%(step)s: %(why)s", step=name, why=why))


def _number(value: Fraction) -> str:
    """An exact number to three decimals at most."""
    return str(format_decimal(Decimal(round(value * 1000)) / 1000))
