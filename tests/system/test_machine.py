"""system/machine.py with several contents of /proc/cpuinfo."""

from pathlib import Path

import pytest

from sentiment.system import machine

CPUINFO = (
    "processor\t: 0\ncpu family\t: 26\nmodel\t\t: 2\nmodel name\t: Abacus 3\nflags\t\t: fpu avx512f{}\n\n"
    "processor\t: 1\nmodel name\t: Slide rule\n"
)


@pytest.fixture
def set_cpuinfo(monkeypatch):
    """A function that sets the content of /proc/cpuinfo, or removes the file."""

    def replace(content: str | None) -> None:
        def read(path: Path) -> str:
            if content is None:
                raise FileNotFoundError(path)
            return content

        monkeypatch.setattr(Path, "read_text", read)

    return replace


@pytest.mark.parametrize(
    ("flags", "expected"),
    [(" avx512_bf16", "bfloat16"), (" amx_bf16 sse", "bfloat16"), (" avx512", "float32")],
)
def test_bfloat16_is_for_processors_that_have_it(set_cpuinfo, flags, expected):
    set_cpuinfo(CPUINFO.format(flags))
    assert machine.precision("bfloat16") == expected
    assert machine.precision("float32") == "float32"
    assert machine.processor() == "Abacus 3 (family 26, model 2)"


def test_a_processor_without_family_or_flags(set_cpuinfo):
    set_cpuinfo("processor\t: 0\nmodel name\t: Abacus 3\n")
    assert machine.precision("bfloat16") == "float32"
    assert machine.processor() == "Abacus 3"


def test_a_system_without_cpuinfo(set_cpuinfo):
    set_cpuinfo(None)
    assert machine.precision("bfloat16") == "float32"
    assert machine.processor()
