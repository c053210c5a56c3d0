"""What pages and mails read of an application: its status, its score, its result."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """Where an application stands."""

    DRAFT = "draft"  #: the student is writing it
    SUBMITTED = "submitted"  #: the international office looks at it
    RETURNED = "returned"  #: the student is to complete it
    ADMITTED = "admitted"  #: it takes part: its reviewers give points
    SCORED = "scored"  #: all points asked for are given; it waits for the places
    REFUSED = "refused"  #: not admissible
    MISSED = "missed"  #: never submitted in time
    SELECTED = "selected"  #: holds a place, to be confirmed
    RESERVE = "reserve"  #: waits for a place
    REJECTED = "rejected"  #: no place, for good
    CONFIRMED = "confirmed"  #: the student goes
    NOMINATED = "nominated"  #: the partner is asked
    ACCEPTED = "accepted"  #: the partner agrees
    DECLINED = "declined"  #: the partner does not
    PLACED = "placed"  #: the mobility is open
    WITHDRAWN = "withdrawn"  #: the student gave up
    LAPSED = "lapsed"  #: the student did not answer in time
    CANCELLED = "cancelled"  #: the international office took it back
    YEAR_FAILED = "year_failed"  #: the year it depended on is not passed


PINNED = frozenset({Status.CONFIRMED, Status.NOMINATED, Status.ACCEPTED, Status.PLACED})
"""Whoever stands here keeps the place they have, and wants no other."""

RUNNING = frozenset({Status.SELECTED, Status.RESERVE}) | PINNED
"""Whoever stands here takes part when a place becomes free."""

OVER = frozenset(
    {
        Status.REFUSED,
        Status.MISSED,
        Status.REJECTED,
        Status.DECLINED,
        Status.WITHDRAWN,
        Status.LAPSED,
        Status.CANCELLED,
        Status.YEAR_FAILED,
    }
)
"""Nothing more comes of these."""

WITHDRAWABLE = frozenset(Status) - OVER - {Status.PLACED, Status.SELECTED}
"""Here a student withdraws by a message to the application's case.

With a place offered they do by the answer to the offer, with the mobility open by a message
to what is being agreed about it."""
