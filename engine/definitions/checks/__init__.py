"""Semantic checks of a bundle, one module a subject.

Each module offers ``check(context)``; it reads the facts in the context and
adds what it finds to the context's report.
"""
