"""What the results of floating-point arithmetic depend on."""

import platform
from pathlib import Path

BFLOAT16 = {"avx512_bf16", "amx_bf16"}  # flags of processors that multiply it themselves


def processor() -> str:
    """The processor's name, or its architecture where the system does not tell."""
    return _about("model name") or platform.machine()


def precision(wanted: str) -> str:
    """The precision of matrix products, `wanted`, but float32 where the processor lacks bfloat16.

    TensorFlow itself looks at AVX-512 alone, and would have other processors emulate it.
    """
    return wanted if BFLOAT16.intersection(_about("flags").split()) else "float32"


def _about(key: str) -> str:
    """What Linux says of the first processor under `key`; empty where it does not."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(key)), "")
