"""The rules of the whole house: which room may import which, and the linter's."""
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ARROWS = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
RULES = {
    "arrows": [sys.executable, "-c", ARROWS],
    "ruff": [sys.executable, "-m", "ruff", "check", "--no-cache", "."],
}


@pytest.mark.parametrize("rule", RULES)
def test_the_house_keeps_its_rule(rule):
    answer = subprocess.run(RULES[rule], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_no_module_is_longer_than_300_lines():
    """Migrations are written by Alembic, as long as there are tables."""
    too_long = {
        path.relative_to(ROOT).as_posix(): lines
        for room in ("engine", "forms", "processes", "web")
        for path in (ROOT / room).rglob("*.py")
        if not {"node_modules", "versions"} & set(path.parts)
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > 300
    }
    assert too_long == {}
