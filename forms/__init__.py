"""What a form is and which answers it accepts; and the one evaluator for the expressions of forms and diagrams."""

from jinja2 import PackageLoader

from .compiling import compile_form
from .components import Component
from .dates import YEARS
from .errors import (
    AnswersRefused,
    ExpressionError,
    ExpressionFailed,
    ExpressionRefused,
    FormRefused,
    FormsError,
    NamesRefused,
    RowsRefused,
)
from .expressions import Expression, Script, compile_expression, compile_script, feel
from .form import Form
from .rows import edit_rows, unflatten
from .values import Block, Choice, Field, FormFinding, Option, Row, Span, Upload

__all__ = [
    "YEARS",
    "AnswersRefused",
    "Block",
    "Choice",
    "Component",
    "Expression",
    "ExpressionError",
    "ExpressionFailed",
    "ExpressionRefused",
    "Field",
    "Form",
    "FormFinding",
    "FormRefused",
    "FormsError",
    "NamesRefused",
    "Option",
    "Row",
    "RowsRefused",
    "Script",
    "Span",
    "Upload",
    "compile_expression",
    "compile_form",
    "compile_script",
    "edit_rows",
    "feel",
    "templates",
    "unflatten",
]


def templates() -> PackageLoader:
    """The loader of the macros in “forms/fields.html”; the environment that uses it keeps autoescape on."""
    return PackageLoader("forms", "templates")
