"""The launcher's own modules, and a copied tree to start it in."""
import importlib
import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("milepost", "requirements.txt", "requirements-test.txt", "requirements-assets.txt")


@pytest.fixture
def building(monkeypatch):
    """web/assets/building.py, found as the launcher finds it."""
    monkeypatch.syspath_prepend(str(ROOT / "web" / "assets"))
    yield importlib.import_module("building")
    for name in ("building", "phases"):
        sys.modules.pop(name, None)


@pytest.fixture
def phases(building):
    """web/assets/phases.py."""
    return importlib.import_module("phases")


@pytest.fixture
def tree(tmp_path):
    """A folder with the launcher, the requirement files and the asset sources, and nothing made yet."""
    root = tmp_path / "tree"
    (root / "web").mkdir(parents=True)
    for name in COPIED:
        shutil.copy2(ROOT / name, root / name)
    skipped = shutil.ignore_patterns("node_modules", "__pycache__")
    shutil.copytree(ROOT / "web/assets", root / "web/assets", ignore=skipped)
    return root
