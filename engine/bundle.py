"""A bundle: everything one SOP revision consists of, as a value with a digest over every byte."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from engine.errors import Refused

MAXIMUM = 2 * 1024 * 1024
"""Bytes that one file of a bundle may have."""


@dataclass(frozen=True)
class Bundle:
    """Everything one SOP revision consists of; `files` maps a path to its bytes."""

    key: str
    title: str
    edition: str
    files: Mapping[str, bytes] = field(repr=False)
    reason: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 over the name and every byte of every file, in the order of their paths."""
        whole = hashlib.sha256()
        for path in sorted(self.files):
            whole.update(f"{path}\0{hashlib.sha256(self.files[path]).hexdigest()}\n".encode())
        return whole.hexdigest()

    def replaced(self, path: str, content: bytes, reason: str) -> Bundle:
        """The same bundle with one file put in place of another, or added."""
        return Bundle(self.key, self.title, self.edition, {**self.files, path: content}, reason)

    @classmethod
    def read(cls, directory: Path, reason: str = "") -> Bundle:
        """The bundle in a folder; `sop.toml` names its key, title and edition. Raises Refused when there is none."""
        try:
            head = tomllib.loads((directory / "sop.toml").read_text(encoding="utf-8"))
            key, title, edition = str(head["key"]), str(head["title"]), str(head["edition"])
        except (OSError, ValueError, KeyError) as error:
            raise Refused(f"{directory} is no bundle: sop.toml must give key, title and edition ({error})") from error
        files = {}
        for path in sorted(directory.rglob("*")):
            name = path.relative_to(directory).as_posix()
            if path.is_file() and not any(part.startswith((".", "__")) for part in PurePosixPath(name).parts):
                if path.stat().st_size > MAXIMUM:
                    raise Refused(f"{name} is larger than 2 MB. Leave out what does not belong to the procedure.")
                files[name] = path.read_bytes()
        return cls(key, title, edition, files, reason)

    @property
    def diagrams(self) -> dict[str, bytes]:
        """Its BPMN and DMN files."""
        return {path: content for path, content in self.files.items() if path.endswith((".bpmn", ".dmn"))}

    @property
    def forms(self) -> dict[str, str]:
        """Form id -> path of the file that defines it."""
        return {PurePosixPath(path).stem: path for path in self.files if path.endswith(".form")}
