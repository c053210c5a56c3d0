"""What is wrong with an imported document, in the reader's language."""

from __future__ import annotations

from flask_babel import lazy_gettext as lazy

from workflows.contract.documents import ImportProblem

PROBLEMS = {
    "too_large": lazy("The file is too large."),
    "empty": lazy("The file is empty."),
    "doctype_refused": lazy("A DOCTYPE is not accepted; remove the declaration."),
    "too_many_elements": lazy("The file has too many elements."),
    "too_deep": lazy("Elements are nested too deep."),
    "text_too_long": lazy("A text is too long to be kept."),
    "malformed": lazy("The file is not well-formed XML: %(reason)s."),
    "not_an_agreement": lazy("The root of the file is not a learning agreement."),
    "schema": lazy("Against the schema of learning agreements: %(detail)s"),
    "no_agreement": lazy("The document holds no learning agreement."),
    "no_version": lazy("The agreement has neither a first version nor a proposal."),
    "signature_order": lazy("The student has not signed, but an institution has."),
    "number_too_long": lazy("A number of credits has too many digits."),
    "bad_timestamp": lazy("“%(value)s” is no moment that can be kept."),
    "receiving_hei_changed": lazy("The receiving institution of a mobility cannot change."),
    "proposal_changed": lazy("The content of this proposal has changed, but not its id."),
    "unknown_agreement": lazy("The answer is about an agreement that is not known here."),
    "unknown_proposal": lazy("The answer is about a proposal that is not known here."),
    "proposal_not_open": lazy("This proposal is not waiting for an answer."),
    "comment_empty": lazy("The comment says nothing."),
    "late_comment": lazy("The version was no longer open: the comment is kept and moves nothing."),
}


def import_problem(problem: ImportProblem) -> str:
    """The sentence of a problem; one without translation is said as the importer wrote it."""
    sentence = PROBLEMS.get(problem.code)
    if sentence is None:
        return problem.text
    try:
        return str(sentence) % problem.params
    except KeyError:
        # A parameter the sentence needs was not given: the English text says it all.
        return problem.text
