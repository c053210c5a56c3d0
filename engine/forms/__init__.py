"""Forms: a form-js schema compiled to a validator that every submission passes."""

from engine.forms.compiler import compile_form
from engine.forms.model import Field, Form, Note, Option

__all__ = ["Field", "Form", "Note", "Option", "compile_form"]
