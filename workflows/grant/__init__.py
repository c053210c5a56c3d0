"""Grants of outgoing mobilities: who may have one, and what has been paid of it."""
