"""Decision tables in words: why one gives no answer."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy

REASONS = {
    "missing_variable": lazy("A value that the table reads is missing."),
    "several_rules": lazy("Several rules apply, but the hit policy allows only one answer."),
    "wrong_type": lazy("A value has another type than its column says."),
    "not_allowed": lazy("A value is not among those that its column allows."),
    "timeout": lazy("The table takes too long to evaluate."),
    "memory": lazy("The table takes too much memory to evaluate."),
}

OTHERWISE = lazy("An expression of the table cannot be evaluated.")

POLICIES = {
    "UNIQUE": lazy("At most one rule may apply"),
    "ANY": lazy("Several rules may apply if they say the same"),
    "FIRST": lazy("The first rule that applies counts"),
    "PRIORITY": lazy("Of the rules that apply, the most important result counts"),
    "RULE ORDER": lazy("All rules that apply count, in their order"),
    "OUTPUT ORDER": lazy("All rules that apply count, the most important results first"),
    "COLLECT": lazy("All rules that apply count"),
}

AGGREGATIONS = {
    "SUM": lazy("their results are added up"),
    "MIN": lazy("the smallest result counts"),
    "MAX": lazy("the largest result counts"),
    "COUNT": lazy("their number counts"),
}


def decision_failure(reason: str) -> str:
    """Why a decision could not be made, by the reason of the evaluator."""
    return str(REASONS.get(reason, OTHERWISE))


def hit_policy(policy: str, aggregation: str | None) -> str:
    """Which rules of a table count, in words."""
    said = str(POLICIES[policy])
    if not aggregation:
        return said
    return str(_("%(label)s: %(text)s", label=said, text=AGGREGATIONS[aggregation]))
