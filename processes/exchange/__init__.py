"""Plans come in and go out: read from tables and project files, previewed by line, written in usual formats."""

from processes.exchange.columns import COLUMNS, harmless
from processes.exchange.compared import Comparison, compare
from processes.exchange.incoming import Line, Preview, preview
from processes.exchange.outgoing import as_calendar, as_csv, as_json
from processes.exchange.project_xml import as_project_xml
from processes.exchange.sheets import MOST_ROWS

__all__ = [
    "COLUMNS",
    "MOST_ROWS",
    "Comparison",
    "Line",
    "Preview",
    "as_calendar",
    "as_csv",
    "as_json",
    "as_project_xml",
    "compare",
    "harmless",
    "preview",
]
