"""What a form is and which answers it accepts; and the one evaluator for the expressions of forms and diagrams."""

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

__all__ = [
    "AnswersRefused",
    "Expression",
    "ExpressionError",
    "ExpressionFailed",
    "ExpressionRefused",
    "FormRefused",
    "FormsError",
    "NamesRefused",
    "RowsRefused",
    "Script",
    "compile_expression",
    "compile_script",
    "feel",
]
