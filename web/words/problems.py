"""What went wrong, told to a person: title, what happened, what to do now."""

from __future__ import annotations

from flask_babel import lazy_gettext as lazy

BY_CODE = {
    "retired": (
        lazy("No new cases are taken"),
        lazy("This process is retired: cases that run go on, but no new one can be started."),
        lazy("Ask the process administration what takes its place."),
    ),
    "erased": (
        lazy("The content of this case was erased"),
        lazy("Its time was over, or the student asked for it. It cannot be brought back."),
        lazy("The page of the case says when and under which rule, and shows what is left."),
    ),
    "link_expired": (
        lazy("This link has expired"),
        lazy("Links live for sixty days. Nothing was lost: the agreement is where it was."),
        lazy("Answer the mail that brought you here and ask for a new link."),
    ),
    "link_invalid": (
        lazy("This link is not complete"),
        lazy("It was cut or changed on its way, so we cannot tell what it should open."),
        lazy("Copy the whole address from the mail, up to its last character."),
    ),
    "unreadable_address": (
        lazy("This address cannot be read"),
        lazy("A part of it behind the question mark is none that this page has given out."),
        lazy("Open the page without it, and choose again there."),
    ),
    "draft_changed": (
        lazy("The draft is another by now"),
        lazy("Somebody has saved or published it since you opened it. Nothing is lost."),
        lazy("Look at their version, or save yours over it."),
    ),
    "draft_file_too_large": (
        lazy("That is too large"),
        lazy("A file of a process may have 2 MB at most. The draft is what it was."),
        lazy("Make the file smaller."),
    ),
    "revision_missing": (
        lazy("The request does not say what it was made from"),
        lazy("Without that, somebody else's work could be overwritten. The draft is what it was."),
        lazy("Reload the page and try again."),
    ),
}
BY_STATUS = {
    400: (
        lazy("We could not read this request"),
        lazy("Something in what your browser sent is malformed, or the page was open too long."),
        lazy("Go back, reload the page and try again."),
    ),
    401: (
        lazy("Please sign in"),
        lazy("This page belongs to an account."),
        lazy("Sign in and come back; you will land on the same page."),
    ),
    403: (
        lazy("This is not yours to do"),
        lazy("You are signed in, but your role does not include this action."),
        lazy("If you think it should, ask the international office."),
    ),
    404: (
        lazy("There is nothing here for you"),
        lazy("The page does not exist, or it belongs to a case you are not part of."),
        lazy("Check the address, or start again from your tasks."),
    ),
    405: (
        lazy("This address does not work that way"),
        lazy("The action you tried does not exist at this address."),
        lazy("Go back to your tasks and try again from there."),
    ),
    409: (
        lazy("Somebody was faster"),
        lazy("The task or case has changed since you opened it, so nothing was done."),
        lazy("Look at its present state, then decide again."),
    ),
    413: (
        lazy("That is too large"),
        lazy("A file or text may be 12 MB at most."),
        lazy("Make the file smaller, or send its parts one by one."),
    ),
    415: (
        lazy("This kind of content is not accepted"),
        lazy("The server cannot read what was sent."),
        lazy("Send it in the format the page asks for."),
    ),
    422: (
        lazy("Some of the values are not acceptable"),
        lazy("Nothing was saved."),
        lazy("Correct the marked values and send them again."),
    ),
    429: (
        lazy("Too many tries"),
        lazy("For safety, this page accepts only a few tries a minute."),
        lazy("Wait a minute, then try again."),
    ),
}
OTHERWISE = (
    lazy("Something went wrong on our side"),
    lazy("The problem has been recorded. Nothing you sent was half done."),
    lazy("Try again in a moment; if it happens again, tell the international office."),
)


def told(status: int, code: str = "") -> tuple[str, str, str]:
    """Title, sentence and advice for an HTTP status, or for a code that says more."""
    title, sentence, advice = BY_CODE.get(code) or BY_STATUS.get(status, OTHERWISE)
    return str(title), str(sentence), str(advice)
