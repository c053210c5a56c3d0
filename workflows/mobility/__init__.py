"""The mobility: one student, one stay, shared by every lifecycle."""
