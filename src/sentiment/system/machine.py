"""The processor, on which the last bits of floating-point results depend."""

import platform
from pathlib import Path

BFLOAT16 = {"avx512_bf16", "amx_bf16"}  # flags of processors with instructions for it


def processor() -> str:
    """Return the processor's name with its family and model, or the architecture if these are unknown.

    The name alone is not enough: virtual machines give different processors the same one.
    """
    found = _cpuinfo()
    if "model name" not in found:
        return platform.machine()
    details = [f"{key.split()[-1]} {found[key]}" for key in ("cpu family", "model") if key in found]
    return f"{found['model name']} ({', '.join(details)})" if details else found["model name"]


def precision(wanted: str) -> str:
    """Return the precision of matrix products: `wanted`, but float32 if the processor lacks bfloat16.

    TensorFlow itself only checks for AVX-512, and would emulate bfloat16 on other processors.
    """
    return wanted if BFLOAT16.intersection(_cpuinfo().get("flags", "").split()) else "float32"


def _cpuinfo() -> dict[str, str]:
    """Return what Linux knows about the first processor; empty on other systems."""
    try:
        first = Path("/proc/cpuinfo").read_text().split("\n\n")[0]
    except OSError:
        return {}
    pairs = (line.partition(":") for line in first.splitlines())
    return {key.strip(): value.strip() for key, _, value in pairs}
