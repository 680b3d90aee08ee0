"""A command run to its end, with what it cost: all processes it started counted in."""

import os
import resource
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")
_EVERY = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Seconds on the clock and of the processors, and the most memory in bytes at any moment.

    Memory is the sum of what the processes hold, looked at ten times a second; pages that two of them share
    count twice.
    """

    wall: float
    cpu: float
    memory: int

    def __str__(self) -> str:
        return f"{self.wall:.1f} s ({self.cpu:.1f} s of processors), {self.memory / 1e6:.0f} MB"


def run(command: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command that must succeed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    process = subprocess.Popen(command, env={**os.environ, **(environment or {})}, stdout=subprocess.DEVNULL)
    memory = 0
    while process.poll() is None:
        memory = max(memory, sum(map(_resident, _with_children(process.pid))))
        time.sleep(_EVERY)
    wall = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert process.returncode == 0
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall=wall, cpu=cpu, memory=memory)


def _with_children(process: int) -> Iterator[int]:
    yield process
    with suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _with_children(int(child))


def _resident(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * _PAGE
    except OSError:
        return 0  # it has just ended
