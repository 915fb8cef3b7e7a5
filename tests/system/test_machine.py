"""system/machine.py with several contents of /proc/cpuinfo."""

import platform

import pytest

from sentiment.system import machine

ABACUS = (
    "processor\t: 0\ncpu family\t: 26\nmodel\t\t: 2\nmodel name\t: Abacus 3\nflags\t\t: fpu avx512f{}\n\n"
    "processor\t: 1\nmodel name\t: Slide rule\n"
)
DETAILED = "Abacus 3 (family 26, model 2)"


@pytest.mark.parametrize(
    ("cpuinfo", "precision", "processor"),
    [
        (ABACUS.format(" avx512_bf16"), "bfloat16", DETAILED),
        (ABACUS.format(" amx_bf16 sse"), "bfloat16", DETAILED),
        (ABACUS.format(" avx512"), "float32", DETAILED),
        ("processor\t: 0\nmodel name\t: Abacus 3\n", "float32", "Abacus 3"),
        (None, "float32", platform.machine()),
    ],
)
def test_bfloat16_is_for_processors_that_have_it(tmp_path, monkeypatch, cpuinfo, precision, processor):
    monkeypatch.setattr(machine, "Path", lambda _: tmp_path / "cpuinfo")
    if cpuinfo:
        (tmp_path / "cpuinfo").write_text(cpuinfo)
    assert machine.precision("bfloat16") == precision
    assert machine.precision("float32") == "float32"
    assert machine.processor() == processor
