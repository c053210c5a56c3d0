"""Error codes of engine and domain as sentences beside the fields they concern."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy

MAX_SHOWN = 300
SENTENCES = {
    "required": lazy("Please fill this in."),
    "unknown_field": lazy("This field does not belong to the form."),
    "reserved_field": lazy("This field cannot be set from a form."),
    "immutable": lazy("This cannot be changed any more."),
    "wrong_type": lazy("This value does not have the expected form."),
    "too_long": lazy("At most %(limit)s characters, please."),
    "too_short": lazy("At least %(limit)s characters, please."),
    "too_many": lazy("At most %(limit)s entries, please."),
    "not_a_number": lazy("Please enter a number."),
    "too_small": lazy("Please enter %(limit)s or more."),
    "too_large": lazy("Please enter %(limit)s or less."),
    "too_many_decimals": lazy("At most %(limit)s decimals, please."),
    "not_a_multiple": lazy("Please enter a multiple of %(limit)s."),
    "not_a_time": lazy("Please enter a time of day."),
    "not_a_phone": lazy("Please enter a telephone number."),
    "not_an_integer": lazy("Please enter a whole number."),
    "out_of_range": lazy("Please enter a value from %(low)s to %(high)s."),
    "no_cases": lazy("The filter finds no case."),
    "too_many_events": lazy("At most %(limit)s events fit into one archive: narrow the filter."),
    "not_an_option": lazy("Please choose one of the options."),
    "not_a_date": lazy("Please enter a date. Check the year as well."),
    "not_text": lazy("Please enter text."),
    "not_a_boolean": lazy("Please answer yes or no."),
    "not_an_email": lazy("Please enter an e-mail address."),
    "one_of_two": lazy("Give either the day or the month, not both."),
    "before_start": lazy("The end lies before the start."),
    "in_the_future": lazy("This day lies in the future."),
    "before_the_stay": lazy("This day lies long before the agreed stay."),
    "day_required": lazy("This type of mobility needs the exact day."),
    "days_out_of_range": lazy("The stay lasts %(low)s to %(high)s days in this type of mobility."),
    "virtual_required": lazy("One component must be virtual: give it a short description."),
    "negative": lazy("Credits cannot be negative."),
    "not_allowed": lazy("This table has no such field."),
    "term_after_total": lazy("The term is later than the last one of the year."),
    "invalid_characters": lazy("The text holds a character that cannot be kept."),
    "pattern": lazy("This does not have the expected form."),
    "invalid": lazy("This does not have the expected form."),
    "taken": lazy("This is already taken."),
    "reason_required": lazy("Please say why: those concerned read the reason."),
    "not_yourself": lazy("Choose somebody else."),
    "not_a_cursor": lazy("This address of a page in the list is not complete."),
    "file_empty": lazy("The file is empty."),
    "file_too_large": lazy("The file is too large: at most %(limit)s MB, please."),
    "file_type": lazy("Please send a PDF, JPEG or PNG file."),
    "file_extension": lazy(
        "The name of the file does not fit its content: it should end in .%(limit)s."
    ),
    "file_damaged": lazy("The file cannot be opened: make it again and send it once more."),
    "file_encrypted": lazy("The file is protected by a password: send it without protection."),
    "file_active": lazy(
        "The file holds scripts or other files: print it to a new PDF file and send that one."
    ),
    "file_pages": lazy("The file has too many pages: at most %(limit)s, please."),
    "file_pixels": lazy("The picture is too large: at most %(limit)s megapixels, please."),
    "file_unfolds": lazy(
        "The file takes too much memory or time to open: make a simpler one and send that."
    ),
    "upload_kind": lazy("%(limit)s: a process has no files of this kind."),
    "upload_empty": lazy("%(limit)s: the file is empty."),
    "upload_too_large": lazy("%(low)s: the file is too large, at most %(high)s MB, please."),
    "archive_not_alone": lazy("An archive replaces all files: send it alone."),
    "archive_of_another": lazy("This is the archive of another process: %(limit)s."),
    "process_key": lazy(
        "Please use lower-case letters, digits, hyphens and underscores, a letter first."
    ),
    "process_key_taken": lazy("Another lifecycle has this key; choose one of its own."),
    "off_scale": lazy("The grade lies outside its scale: %(low)s to %(high)s."),
    "not_a_mark": lazy("Please enter a grade of the scale, ABI, ABJ or R."),
    "absence_unclear": lazy("Please write ABI (no valid reason) or ABJ (valid reason)."),
    "nothing_to_compensate": lazy("C stands behind a grade below the pass mark only."),
    "mark_missing": lazy("Please enter the grade, the absence (ABI, ABJ), or R for a resit."),
    "certified_already": lazy("This mark is certified; ask for a correction to change it."),
    "changed_meanwhile": lazy("A colleague has entered %(limit)s here in the meantime."),
    "not_on_sheet": lazy("This course does not belong to this sheet."),
    "not_asked": lazy("This mark is not asked of you at the moment."),
    "confirm_partial": lazy("Results are still to come: confirm that it goes out as partial."),
    "choose_course": lazy("Choose at least one result to be looked at again."),
    "choose_certified": lazy("Choose at least one certified result."),
    "nothing_issued": lazy("No transcript has been issued yet: return the results instead."),
    "being_checked": lazy("The results are being checked: return them to the department there."),
    "nothing_new": lazy("The transcript in force says exactly the same."),
    "not_incoming": lazy("Only the grades of incoming students are transferred."),
    "no_academic_year": lazy("The agreement names no academic year."),
    "begun_already": lazy("The grade transfer of this student has begun already."),
    "too_many_lines": lazy("At most %(low)s lines, please; these are %(high)s."),
    "no_such_student": lazy("Line %(low)s: nobody on this sheet is called “%(high)s”."),
    "two_of_this_name": lazy("Line %(low)s: several students are called “%(high)s”."),
    "lines_do_not_fit": lazy(
        "%(high)s lines without names, but %(low)s students: nothing was filled in."
    ),
    "unknown_scale": lazy("This grading scale is not known here."),
    "date_past": lazy("This day is past."),
    "date_far": lazy("This day is more than a year away."),
    "days_at_most": lazy("At most %(limit)s days, please."),
    "substitution_overlaps": lazy(
        "Somebody replaces this person in that time already: end that substitution first."
    ),
    "substitute_away": lazy("This person is replaced by somebody else in that time."),
    "unknown_student": lazy("No student has this login."),
    "unknown_login": lazy("Nobody has the login “%(limit)s”."),
    "not_an_amount": lazy("Please enter an amount in euros, such as 1600.00."),
    "not_a_moment": lazy("Please enter a day and a time of day."),
    "not_a_url": lazy("Please enter a web address that begins with https://."),
    "stay_too_long": lazy("The stay is longer than any stay can be: check the dates."),
    "grant_only_outgoing": lazy("Only students whom we send out get a grant here."),
    "grant_open_already": lazy("There is a grant of this kind for this mobility already."),
    "grant_exception_required": lazy(
        "A rule is not met: say why the grant is awarded all the same."
    ),
    "grant_report_required": lazy("The participant report must be filled in first."),
    "grant_above_total": lazy("The grant amounts to %(limit)s euros in all."),
    "grant_amount_differs": lazy("Exactly %(limit)s euros are due."),
    "partnership_not_in_force": lazy("Only an agreement in force can be renewed."),
    "partnership_renewed_already": lazy("Its renewal has been proposed already."),
    "partnership_renewal_missing": lazy(
        "Propose the renewal first: an agreement is not renewed tacitly."
    ),
    "meeting_place_or_url": lazy("Say where it is: a room, a web address, or both."),
    "meeting_length": lazy("It must end after it begins, within twelve hours."),
    "not_own_publication": lazy(
        "You have asked for this publication yourself: another administrator decides."
    ),
    "publication_gone": lazy("Nothing is asked any more, so there is nothing to approve."),
    "publication_changed": lazy("The draft has been changed since this was asked."),
    "meeting_past": lazy("The meeting is past: drop it, and plan another."),
    "meeting_full": lazy("There is no place left in this meeting."),
    "no_health_required": lazy("Confirm that nothing about anybody’s health is written here."),
    "not_signed_yet": lazy("The agreement is not signed by everybody yet."),
    "no_change_for_type": lazy(
        "A short blended or doctoral mobility carries no change: agree on a new one."
    ),
    "change_under_way": lazy("A change is under way; the next one can follow it."),
    "change_not_asked_for": lazy("Ask for the change of the agreement first."),
    "agreement_limit_passed": lazy(
        "The time to agree is over; the international office decides whether it is prolonged."
    ),
    "stay_is_over": lazy("The stay has ended: nothing can be changed any more."),
    "late_reason_required": lazy("The window has passed: say why the request comes so late."),
    "no_exam_chosen": lazy("Choose at least one exam, or refuse the waiver with a reason."),
    "exception_required": lazy("Say why exams should be excused that have begun or are over."),
    "revocation_stands": lazy(
        "Exams are taken back here, so the list cannot be refused: leave out what should not be "
        "excused and propose the rest."
    ),
    "waiver_is_home": lazy("Exams are excused by the student’s own university."),
    "waiver_under_way": lazy("A decision is under way already."),
    "outside_stay": lazy("This day lies outside the agreed stay."),
    "already_cut_short": lazy("This is the last day that is known already."),
    "no_change": lazy("Nothing differs from what is agreed."),
    "not_in_year": lazy("This day does not lie in the academic year."),
    "course_required": lazy("Name at least one course abroad that replaces it."),
    "course_not_allowed": lazy("Only a unit that is replaced has courses abroad."),
    "not_later": lazy("An extension ends later than the stay does now."),
    "not_minor": lazy("This is no minor correction; ask for a change."),
    "moved_too_far": lazy(
        "A correction moves a date by %(limit)s days at most; ask for a change instead."
    ),
    "campaign_closed": lazy(
        "Applications are closed since %(limit)s (time in Paris): this one came too late."
    ),
    "campaign_still_open": lazy("The campaign still takes applications."),
    "nobody_to_place": lazy("There is no candidate to place."),
    "unchecked": lazy("Applications whose admissibility is not decided: %(limit)s."),
    "unscored": lazy("Still being scored: %(limit)s."),
    "of_another_student": lazy("This identifier is that of another student’s mobility."),
    "already_allocated": lazy("The places have been given: nothing that leads to them changes."),
    "open_ties": lazy("Ties that somebody must decide first: %(limit)s."),
    "not_a_tie": lazy("These candidates are not the members of one tie."),
    "in_the_past": lazy("This lies in the past."),
    "no_weight": lazy("At least one criterion must have a weight."),
    "places_given": lazy("The places of this department are given: its criteria stay."),
    "department_in_use": lazy("This department has places or applications: it stays."),
    "place_wished": lazy("Students have wished for this place: it stays as it is."),
    "places_taken": lazy("%(limit)s of these places are taken."),
    "unknown_partner": lazy("No partner has this domain."),
    "too_many_columns": lazy("Line %(limit)s has more columns than the table."),
    "wished_twice": lazy("This place is among your choices already."),
    "no_wish_admitted": lazy("Admit at least one choice, or refuse the application."),
    "exception_needs_reason": lazy(
        "A choice that does not meet every rule is admitted: say why, in the remark."
    ),
    "document_missing": lazy("This document is still missing."),
    "too_many_documents": lazy("At most %(limit)s documents, please."),
    "after_receipt": lazy("It was issued after it was received."),
    "not_on_scale": lazy("This grade is not on the scale chosen."),
    "grade_or_status": lazy("Give the grade, or say whether it was passed."),
    "status_required": lazy("The scale does not tell: say whether it was passed."),
    "not_these_lines": lazy("The page no longer fits the transcript; open the task again."),
    "without_grade": lazy("There is no grade to be set here."),
    "grade_reason_required": lazy(
        "Say why the grade differs from the proposal; the student reads it."
    ),
    "passed_stays_passed": lazy(
        "What was agreed and passed stays passed; it cannot be asked again."
    ),
    "passed_stays_agreed": lazy(
        "It was passed and answers a component that was agreed: let it answer one, "
        "or say which other passed course answers that component."
    ),
    "agreed_credits_lost": lazy(
        "What was agreed and passed keeps its %(low)s ECTS; joined like this, "
        "%(high)s would be left."
    ),
    "does_not_add_up": lazy("The figures add up to %(high)s, not to %(low)s."),
    "nobody_passed": lazy("The table holds no passing grade that anybody was given."),
    "mixed_labels": lazy("These grades cannot be put in order together."),
    "failed_stays_failed": lazy("What the partner did not pass stays below 10."),
    "verdict_reason_required": lazy(
        "Say why the decision differs from the rule; the student reads it."
    ),
    "more_than_awarded": lazy("The credits passed do not cover all units chosen."),
    "not_acquired": lazy("The courses of the recognition plan for this unit were not passed."),
    "nothing_agreed_abroad": lazy("The recognition plan replaces no unit by courses abroad."),
    "still_covered": lazy("The credits passed still cover this unit: recognise it."),
    "coordinator_and_jury": lazy(
        "You signed or proposed here as coordinator: somebody else decides for the board."
    ),
    "jury_and_coordinator": lazy(
        "You decided here for the examination board: somebody else proposes."
    ),
    "recognition_is_for_outgoing": lazy(
        "Only stays abroad of our own students are recognised here."
    ),
    "without_academic_year": lazy("The agreement does not say for which academic year it is."),
    "without_department": lazy("The agreement has no department yet."),
    "recognition_under_way": lazy("A recognition is under way already."),
}
"""By code; parameters stand in the code after colons, as in ``out_of_range:1:9``."""


def field_errors(errors: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Error codes of each field as sentences, of as many fields as anybody reads."""
    shown = islice(errors.items(), MAX_SHOWN)
    return {name: [error_sentence(code) for code in codes] for name, codes in shown}


def why_missing(errors: Mapping[str, Sequence[str]]) -> str:
    """What is wrong with a reason, for a page that has no place beside the field to say it."""
    text = " ".join(field_errors(errors).get("reason", []))
    return str(_("%(label)s: %(text)s", label=_("Reason"), text=text))


def error_sentence(code: str) -> str:
    """A message code such as ``too_long:80`` as a sentence in the reader's language."""
    name, *params = code.split(":")
    sentence = SENTENCES.get(name)
    if sentence is None:
        return str(_("This value cannot be used (%(code)s).", code=code))
    first, second = [*params, "", ""][:2]
    return str(sentence) % {"limit": first, "low": first, "high": second}
