"""Exam waivers: who is excused from which exams while abroad."""
