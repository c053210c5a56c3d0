"""Incoming students: from the partner's nomination to their arrival."""
