"""Scenarios in words: who takes part, what a step does, what went another way."""

from __future__ import annotations

from flask_babel import lazy_gettext as lazy

MEMBERS = {
    "student": lazy("the student"),
    "other_student": lazy("another student"),
    "coordinator": lazy("the coordinator"),
    "other_coordinator": lazy("the coordinator of another department"),
    "ri": lazy("the international office"),
    "admin": lazy("an administrator"),
    "other_admin": lazy("another administrator"),
    "head": lazy("the head of department"),
    "registrar": lazy("the registrar’s office"),
    "jury": lazy("the examination board"),
    "care": lazy("student support"),
    "legal": lazy("legal affairs"),
    "cfvu": lazy("the council for studies (CFVU)"),
    "ca": lazy("the board of the university (CA)"),
    "president": lazy("the president’s office"),
    "teacher": lazy("a teacher"),
    "partner": lazy("the partner university"),
    "system": lazy("Passerelle itself"),
}

STEPS = {
    "do": lazy("does"),
    "complete": lazy("completes the task"),
    "message": lazy("a message comes"),
    "wait": lazy("time passes"),
    "until": lazy("time passes until"),
    "expect": lazy("is expected"),
}

FAILURES = {
    "open": lazy("Other tasks are open than expected."),
    "not_open": lazy("The task is not open."),
    "due": lazy("A task is due on another day."),
    "status": lazy("A process is in another state."),
    "mails": lazy("Other mails were sent than expected."),
    "documents": lazy("There are other documents than expected."),
    "facts": lazy("A fact is another."),
    "incidents": lazy("Something could not go on: there is an incident."),
    "delivered": lazy("The message was delivered, though it should not be."),
    "undelivered": lazy("The message was not delivered."),
    "unknown_action": lazy("There is no such action."),
    "unknown_argument": lazy("The action has no such argument."),
    "unknown_name": lazy("Nothing is known under this name."),
    "no_case": lazy("No step before has opened a case of a mobility."),
    "no_account": lazy("This member has no account and can only complete tasks."),
    "past": lazy("This moment is past already."),
    "shape": lazy("The values are not written as they should be."),
    "refusal": lazy("It was refused for another reason than expected."),
    "accepted": lazy("It was accepted, though it should be refused."),
    "refused": lazy("The step was refused."),
    "broken": lazy("The step broke off; the trace says where."),
    "time": lazy("It took too long and was stopped."),
    "endless": lazy("The automatic work does not come to an end."),
    "invalid": lazy("The file is no scenario."),
    "not_deployable": lazy("The lifecycle has errors, so nothing of it can be played."),
}

GAPS = {
    "no_beginning": lazy("No scenario of the lifecycle begins as the case did."),
    "nobody": lazy(
        "Nobody of the cast has the function of who did it; RI does it instead: %(what)s"
    ),
    "values": lazy("No scenario says what is typed in this step: %(what)s"),
    "dates": lazy(
        "The values of this step hold dates of the scenario, which may not fit the time that the "
        "case took: %(what)s"
    ),
    "message": lazy("The values of this message are not kept: %(what)s"),
    "terminated": lazy("The case was ended by hand; a scenario has no step for that."),
}


def scenario_member(member: str) -> str:
    """Who acts in a step."""
    return str(MEMBERS.get(member, member))


def scenario_step(kind: str) -> str:
    """What a step does, before the thing it does it to."""
    return str(STEPS[kind])


def scenario_failure(code: str) -> str:
    """What went another way than a scenario says; empty for a mistake told in full."""
    return str(FAILURES.get(code, ""))


def retelling_gap(code: str, what: str) -> str:
    """What of a case its scenario cannot say."""
    return str(GAPS[code]) % {"what": what}
