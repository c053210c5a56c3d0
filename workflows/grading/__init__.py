"""Grading scales and grading tables: what transcripts and recognition share."""
