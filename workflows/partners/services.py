"""Institutions and departments: look-ups, and what an import finds out about them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import NotFound
from workflows.partners.models import UNASSIGNED, Department, Institution


def find_institution(session: Session, hei_id: str) -> Institution | None:
    """The institution with that SCHAC domain."""
    return session.scalar(select(Institution).where(Institution.hei_id == hei_id.lower()))


def ensure_institution(session: Session, hei_id: str, name: str = "") -> Institution:
    """The institution with that SCHAC domain, added under its domain where it is new."""
    found = find_institution(session, hei_id)
    if found is None:
        found = Institution(hei_id=hei_id.lower(), name=name or hei_id, locale="en")
        session.add(found)
        session.flush()
    return found


def institutions(session: Session) -> list[Institution]:
    """Every institution, by name."""
    return list(session.scalars(select(Institution).order_by(Institution.name)))


def institution_name(session: Session, hei_id: str | None) -> str:
    """Its name, or the domain itself where it is unknown."""
    found = find_institution(session, hei_id) if hei_id else None
    return found.name if found else hei_id or ""


def departments(session: Session) -> list[Department]:
    """The departments, by French name; ``unassigned`` is not one."""
    statement = select(Department).where(Department.code != UNASSIGNED).order_by(Department.name_fr)
    return list(session.scalars(statement))


def get_department(session: Session, code: str) -> Department:
    """The department with that code; raises NotFound."""
    found = session.get(Department, code)
    if found is None:
        raise NotFound
    return found


def department_for(session: Session, *, ounit_id: str | None, ounit_name: str | None) -> str:
    """The code of the department an agreement names, or ``unassigned``.

    The identifier decides; without one the name does, in any of the three languages and
    without regard to case or surrounding space.
    """
    known = departments(session)
    if ounit_id:
        for department in known:
            if ounit_id in {department.ounit_id, department.code}:
                return department.code
    wanted = (ounit_name or "").strip().casefold()
    if wanted:
        for department in known:
            if wanted in _folded((department.name_fr, department.name_en, department.name_es)):
                return department.code
    return UNASSIGNED


def _folded(names: Iterable[str]) -> set[str]:
    return {name.strip().casefold() for name in names}
