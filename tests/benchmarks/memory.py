"""How much memory the demo's server takes when nobody does anything."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]


def resident(data: Path) -> float:
    """Megabytes that the demo's server in this folder holds after it has answered its first pages. Prepares a demo."""
    command = [sys.executable, "-m", "web", "demo", "--data", str(data), "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout
            found = next(filter(None, (re.search(r"http://[\w.:\[\]-]+", line) for line in server.stdout)), None)
            if found is None:
                raise AssertionError("the demo did not start: run `./milepost demo` to see why")
            for path in ("/healthz", "/sign-in"):
                with urlopen(found[0] + path, timeout=10) as answer:  # noqa: S310  our own address
                    answer.read()
            return _held(server.pid)
        finally:
            server.send_signal(signal.SIGINT)
            server.communicate(timeout=20)


def _held(process: int) -> float:
    """VmRSS where there is /proc, else what ps says."""
    status = Path(f"/proc/{process}/status")
    if status.exists():
        kilobytes = re.search(r"VmRSS:\s+(\d+) kB", status.read_text())
        assert kilobytes
        return int(kilobytes[1]) / 1024
    said = subprocess.run(["ps", "-o", "rss=", "-p", str(process)], capture_output=True, text=True, check=True)
    return int(said.stdout) / 1024
