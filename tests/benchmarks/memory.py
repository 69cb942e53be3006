"""How much memory a served Milepost takes when nobody does anything."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]


def resident(folder: Path) -> float:
    """Megabytes that a server's process holds in memory, after it has answered its first page."""
    data = folder / "served"
    server = subprocess.Popen(
        [sys.executable, "-m", "web", "serve", "--data", str(data), "--port", "0"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    try:
        assert server.stdout
        for line in server.stdout:
            found = re.search(r"http://[\w.:\[\]-]+", line)
            if found:
                with urlopen(f"{found[0].rstrip('.')}/healthz", timeout=10) as answer:  # noqa: S310  our own address
                    answer.read()
                return _held(server.pid)
        raise AssertionError("the server did not say where it listens")
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
