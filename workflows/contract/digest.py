"""What is signed, as bytes: the canonical form of a version and its SHA-256 digest.

The form is JSON (RFC 8259) in UTF-8 with sorted keys, no white space outside strings and
no escapes beyond those JSON demands:

``format``        the constant ``passerelle-contract-1``
``omobility_id``  identifier of the mobility in the EWP network
``mobility_type`` ``semester``, ``blended`` or ``doctoral``
``agreement``     the agreement's fields that were given, as text
``changes_to``    digest of the version a change list applies to, else null
``components``    by part, in order; each an object of the fields that were given, with
                  ``credits`` as a list of ``[scheme, number as written]``

Version numbers, signatures and identifiers of rows are left out, so the digest says what
was agreed and nothing else, and anybody can recompute it from an export.
"""

from __future__ import annotations

import hashlib
import json

from workflows.contract.models import Component, ContractVersion

FORMAT = "passerelle-contract-1"

_TEXTS = (
    "los_id",
    "los_code",
    "title",
    "loi_id",
    "term_number",
    "total_terms",
    "recognition_conditions",
    "short_description",
    "status",
    "reason_code",
    "reason_text",
)


def canonical_form(version: ContractVersion) -> bytes:
    """The bytes whose digest a signature keeps."""
    components: dict[str, list[dict[str, object]]] = {}
    for row in sorted(version.components, key=lambda c: (c.part, c.position)):
        components.setdefault(row.part, []).append(_component(row))
    content = {
        "format": FORMAT,
        "omobility_id": version.mobility.omobility_id,
        "mobility_type": version.mobility.mobility_type,
        "agreement": json.loads(version.agreement),
        "changes_to": content_digest(version.base) if version.base else None,
        "components": components,
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def content_digest(version: ContractVersion) -> str:
    """SHA-256 of :func:`canonical_form`, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_form(version)).hexdigest()


def _component(row: Component) -> dict[str, object]:
    given: dict[str, object] = {
        name: value for name in _TEXTS if (value := getattr(row, name)) is not None
    }
    if row.credits:
        given["credits"] = [
            [credit.scheme, credit.text]
            for credit in sorted(row.credits, key=lambda credit: credit.position)
        ]
    return given
