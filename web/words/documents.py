"""Documents in words: what each is, in which language, whether it still holds."""

from __future__ import annotations

from flask_babel import format_decimal, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy

from web.words.application import upload_kind

KINDS = {
    "admission.arrival": lazy("Confirmation of arrival"),
    "exam_waiver.decision": lazy("Decision on an exam waiver"),
    "grade_transfer.transcript": lazy("Transcript of records"),
    "recognition.decision": lazy("Decision on recognition"),
    "recognition.transcript": lazy("Transcript of the partner"),
}
"""By kind, as it is stored."""

UPLOADED = "application."
"""Kinds of what candidates send in begin so."""

KIBIBYTE = 1024


def document_kind(kind: str) -> str:
    """What a document is."""
    if kind.startswith(UPLOADED):
        return upload_kind(kind)
    return str(KINDS.get(kind) or _("Document"))


def language_name(code: str) -> str:
    """A language in the reader's own."""
    locale = get_locale()
    return str(locale.languages.get(code, code)) if locale else code


def file_size(size: int) -> str:
    """A number of bytes in the unit one thinks of it in."""
    if size < KIBIBYTE * KIBIBYTE:
        return str(_("%(number)s kB", number=max(1, round(size / KIBIBYTE))))
    return str(_("%(number)s MB", number=format_decimal(round(size / KIBIBYTE / KIBIBYTE, 1))))
