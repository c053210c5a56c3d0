"""FEEL expressions and DMN decision tables, evaluated in a V8 isolate.

Others import from here: ``Feel``, ``names``, and for decisions ``Decision``
and ``Decided``; a DMN file is read by ``engine.feel.dmn.parse_decisions``.
"""

from engine.feel.decision import Aggregation, Decided, Decision, HitPolicy
from engine.feel.evaluator import Feel
from engine.feel.text import names

__all__ = ["Aggregation", "Decided", "Decision", "Feel", "HitPolicy", "names"]
