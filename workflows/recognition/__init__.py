"""Recognition: what a student passed abroad becomes part of the diploma here."""
