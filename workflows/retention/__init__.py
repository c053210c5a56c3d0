"""How long the files of cases are kept, what becomes of them then, and who sees all of theirs."""
