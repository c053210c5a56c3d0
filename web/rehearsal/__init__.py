"""Rehearsals: a draft played with invented people in an installation that is thrown away."""
