"""Recognition in words: scales, outcomes, rules, and what is noticed in a transcript."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy

from workflows.recognition.trace import Method, Outcome

SCALES = {
    "FR": lazy("France: 0 to 20, from 10"),
    "DE": lazy("Germany: 1.0 to 4.0, 5.0 fails"),
    "ES": lazy("Spain: 0 to 10, from 5, or MH SB NT AP"),
    "IT": lazy("Italy: 18 to 30 with honours (30L)"),
    "UK": lazy("United Kingdom: 0 to 100, from 40"),
    "CZ": lazy("Czechia: A to E, F fails"),
    "SE-AF": lazy("Sweden: A to E, F fails"),
    "SE-345": lazy("Sweden: 5, 4, 3, U fails"),
    "SE-UGVG": lazy("Sweden: VG, G, U fails"),
    "SE-UG": lazy("Sweden: G or U, without grades"),
    "ECTS": lazy("ECTS letters: A to E, FX and F fail"),
    "PERCENT": lazy("Percent: from 40"),
    "FR-V": lazy("France: passed or not, without grades"),
    "other": lazy("another scale: the transcript says what was passed"),
}
"""Scales a transcript may be in."""

FIELDS = {
    "received_on": lazy("Received on"),
    "issued_on": lazy("Issued on"),
    "scale": lazy("Grading scale"),
    "rows": lazy("Courses of the transcript"),
    "code": lazy("Code"),
    "title": lazy("Title"),
    "credits": lazy("ECTS"),
    "grade": lazy("Grade abroad"),
    "status": lazy("Status"),
    "isced_f": lazy("ISCED-F"),
}
OUTCOMES = {
    Outcome.PASSED: lazy("Passed"),
    Outcome.FAILED: lazy("Not passed"),
    Outcome.ABSENT: lazy("Missing in the transcript"),
    Outcome.UNGRADED: lazy("Passed, without a grade"),
}
VERDICTS = {
    "recognised": lazy("Recognised as a whole"),
    "partly": lazy("Recognised in part: what was passed"),
    "not_recognised": lazy("Not recognised: nothing was passed"),
}
RULES = {
    "each_component": lazy("Each component that was passed is recognised"),
    "all_or_nothing": lazy("All or nothing: the whole group when everything was passed"),
    "weighted_mean": lazy("Average of everything in the agreement; an absence counts 0"),
    "cohort_position": lazy("Position in the host cohort, with compensation"),
    "fixed_grid": lazy("Fixed grid, with compensation"),
    "identical_transcript": lazy("Only where the transcript is identical to the agreement"),
    "validation_plan": lazy("Each unit by its own courses; a fail as the recognition plan says"),
}
AGREED_WAYS = {
    Method.TABLES: lazy("agreed in the plan: the grading tables first"),
    Method.GRID: lazy("agreed in the plan: the voted grid first"),
    Method.FORMULA: lazy("agreed in the plan: the formula first"),
    Method.NONE: lazy("agreed in the plan: passed or not, without grades"),
}
STAGES = {
    "transcript": lazy("Transcript entered"),
    "match": lazy("Matched with the agreement"),
    "propose": lazy("Proposed to the examination board"),
    "decide": lazy("Decided by the examination board"),
    "register": lazy("Entered in the record"),
}
NOTICED = {
    "learner_differs": lazy("The transcript is about %(found)s: is it the right student?"),
    "birth_date_differs": lazy("The transcript gives another date of birth: %(found)s."),
    "issuer_differs": lazy("It was issued by %(issuer)s, not by %(partner)s."),
    "other_credit_scheme": lazy("The credits of “%(title)s” are not ECTS."),
    "in_progress": lazy("“%(title)s” is still in progress: it has no result yet."),
    "attachment_unreadable": lazy("A file inside the document could not be read."),
}
REFUSED_FILES = {
    "not_a_transcript": lazy("The file is neither an ELMO document nor a list of transcripts."),
    "other_mobility": lazy("The file holds no transcript of this mobility, but of: %(found)s."),
    "other_issuer": lazy("None of the reports in the file comes from this partner."),
    "no_courses": lazy("The transcript lists no course."),
    "too_many_courses": lazy("The transcript lists more than %(limit)s courses."),
    "schema": lazy("Not allowed by the schema: %(detail)s"),
}
UNUSABLE = {
    "does_not_add_up": lazy("it does not add up to 100"),
    "not_on_scale": lazy("it lists grades that are not on this scale"),
    "nobody_passed": lazy("it lists no passing grade"),
    "taken": lazy("it lists a grade twice"),
    "mixed_labels": lazy("its labels cannot be put in order"),
}
RETURNS = (
    lazy("It is not this student’s transcript."),
    lazy("Courses or grades are missing in the transcript."),
    lazy("The transcript is provisional."),
)


def grading_scales() -> list[tuple[str, str]]:
    """The scales a transcript may be in, to choose from."""
    return [(code, str(name)) for code, name in SCALES.items()]


def grading_scale(code: str) -> str:
    """A scale by its code."""
    return str(SCALES.get(code, code))


def transcript_field(name: str) -> str:
    """A field of a partner's transcript."""
    return str(FIELDS.get(name, name))


def recognition_outcome(outcome: str) -> str:
    """What a component's result amounts to."""
    return str(OUTCOMES.get(Outcome(outcome), outcome))


def recognition_verdict(code: str) -> str:
    """What becomes of the group of home units."""
    return str(VERDICTS.get(code, code))


def recognition_rule(code: str) -> str:
    """A department's rule."""
    return str(RULES.get(code, code))


def agreed_conversion(method: Method) -> str:
    """How a validation plan has agreed to convert grades."""
    return str(AGREED_WAYS[method])


def recognition_stage(stage: str) -> str:
    """What was done at a stage."""
    return str(STAGES.get(stage, stage))


def transcript_notice(code: str, params: Mapping[str, str]) -> str:
    """Something to look at in an uploaded transcript."""
    sentence = NOTICED.get(code)
    return code if sentence is None else str(sentence) % params


def refused_file(code: str, params: Mapping[str, str], text: str) -> str:
    """Why a file was refused; ``text`` is the reader's own English sentence."""
    sentence = REFUSED_FILES.get(code)
    return text if sentence is None else str(sentence) % params


def unusable_table(code: str) -> str:
    """Why a grading table of a transcript is not used."""
    return str(UNUSABLE.get(code.partition(":")[0]) or _("it cannot be read"))


def transcript_returns() -> list[str]:
    """Usual reasons why a transcript goes back."""
    return [str(reason) for reason in RETURNS]
