"""How much memory this process can still have, and errors where that is too little."""

import resource
from pathlib import Path

from sentiment.errors import UserError

GROUPS = {  # of Linux's control groups, version 2 and 1: folder, files of the limit and of what is used
    "/sys/fs/cgroup": ("memory.max", "memory.current"),
    "/sys/fs/cgroup/memory": ("memory.limit_in_bytes", "memory.usage_in_bytes"),
}
GIGABYTE = 10**9


def is_exhausted(error: BaseException) -> bool:
    """Return whether an error means that there is no memory left: C++ and TensorFlow have their own."""
    is_other = type(error).__name__ == "ResourceExhaustedError" or "bad_alloc" in str(error)
    return isinstance(error, MemoryError) or is_other


def require(size: float, purpose: str, remedy: str, reserved: float = 0) -> None:
    """Raise UserError unless this process can have `size` bytes more, and `reserved` that it will not use."""
    free = available()
    if size > free:
        raise UserError(_lack(purpose, size, f"{free / GIGABYTE:.1f} GB are free", remedy))
    if size + reserved > (free := address_space()):
        limit = f"{free / GIGABYTE:.1f} GB are left within `ulimit -v`"
        raise UserError(_lack(purpose, size + reserved, limit, remedy))


def _lack(purpose: str, size: float, free: str, remedy: str) -> str:
    return f"not enough memory: {purpose} takes about {size / GIGABYTE:.1f} GB, but {free}; {remedy}"


def available() -> float:
    """Bytes of memory that are free, for all processes together; infinity where nobody says."""
    free = [_kilobytes("/proc/meminfo", "MemAvailable") + _kilobytes("/proc/meminfo", "SwapFree")]
    for folder, names in GROUPS.items():
        try:
            limit, used = (int((Path(folder) / name).read_text()) for name in names)
            free.append(limit - used + _cached(Path(folder) / "memory.stat"))
        except (OSError, ValueError):  # no such version, or no limit: "max"
            continue
    return min(free)


def _cached(statistics: Path) -> int:
    """Bytes of files that a control group holds in memory, and gives up for anything else."""
    pairs = dict(line.split() for line in statistics.read_text().splitlines())
    return sum(int(pairs.get(name, 0)) for name in ("inactive_file", "active_file"))


def address_space() -> float:
    """Bytes that `ulimit -v` still allows this process."""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    used = _kilobytes("/proc/self/status", "VmSize")
    return float("inf") if limit == resource.RLIM_INFINITY else limit - used


def _kilobytes(path: str, name: str) -> float:
    """The bytes that Linux tells under a `name` in one of its files; infinity on other systems."""
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return float("inf")
    found = [line.split()[1] for line in lines if line.startswith(f"{name}:")]
    return int(found[0]) * 1024 if found else float("inf")
