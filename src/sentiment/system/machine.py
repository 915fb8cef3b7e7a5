"""What the results of floating-point arithmetic depend on."""

import platform
from pathlib import Path

BFLOAT16 = {"avx512_bf16", "amx_bf16"}  # flags of processors that multiply it themselves


def processor() -> str:
    """The processor's name and its kind, or its architecture where the system does not tell.

    A virtual machine may give processors of several kinds, with other last bits, one and the same name.
    """
    told = _told()
    if "model name" not in told:
        return platform.machine()
    kind = [f"{key.split()[-1]} {told[key]}" for key in ("cpu family", "model") if key in told]
    return f"{told['model name']} ({', '.join(kind)})" if kind else told["model name"]


def precision(wanted: str) -> str:
    """The precision of matrix products, `wanted`, but float32 where the processor lacks bfloat16.

    TensorFlow itself looks at AVX-512 alone, and would have other processors emulate it.
    """
    return wanted if BFLOAT16.intersection(_told().get("flags", "").split()) else "float32"


def _told() -> dict[str, str]:
    """What Linux says of the first processor; nothing on other systems."""
    try:
        first = Path("/proc/cpuinfo").read_text().split("\n\n")[0]
    except OSError:
        return {}
    pairs = (line.partition(":") for line in first.splitlines())
    return {key.strip(): value.strip() for key, _, value in pairs}
