"""What the lock files promise: every file by its hash, exact versions, and no registry's address."""
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("requirements", "requirements-test", "requirements-assets")
PIN = re.compile(r"^[A-Za-z0-9._-]+==[^\s;]+( ; .+?)? \\$")


def names_in(path):
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line[:1].isalpha()]


def package_lock():
    return json.loads((ROOT / "web/assets/package-lock.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_requirements_are_pinned_with_hashes_and_name_no_address(name):
    text = (ROOT / f"{name}.txt").read_text(encoding="utf-8")
    assert "http" not in text
    assert "--index-url" not in text
    entries = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert entries
    for entry in entries:
        assert PIN.match(entry), entry
    blocks = re.split(r"\n(?=[A-Za-z0-9])", text)[1:]
    assert len(blocks) == len(entries)
    assert all("--hash=sha256:" in block for block in blocks)


@pytest.mark.parametrize("name", NAMES)
def test_every_wanted_package_is_locked(name):
    wanted = names_in(ROOT / f"{name}.in")
    locked = {line.partition("==")[0].lower() for line in names_in(ROOT / f"{name}.txt")}
    missing = {re.split(r"[=<>\[]", line)[0].lower() for line in wanted} - locked
    assert wanted
    assert missing == set()


def test_both_lists_of_runtime_packages_agree():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = text.partition("dependencies = [")[2].partition("\n]")[0]
    packaged = set(re.findall(r'^ +"([^"]+)"', block, re.M))
    assert packaged == set(names_in(ROOT / "requirements.in"))


def test_npm_packages_have_integrity_and_no_address():
    packages = package_lock()["packages"]
    for name, package in packages.items():
        assert "resolved" not in package, name
        assert not name or package["integrity"].startswith("sha512-"), name
        package.pop("funding", None)  # where a maintainer takes donations
    assert len(packages) > 50
    assert "http" not in json.dumps(packages)


def test_npm_versions_are_exact():
    package = json.loads((ROOT / "web/assets/package.json").read_text(encoding="utf-8"))
    versions = {**package["dependencies"], **package["devDependencies"]}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions.values()), versions
