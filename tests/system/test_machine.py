"""What is known of the processor, by what Linux says of it."""

from pathlib import Path

import pytest

from sentiment.system import machine

CPUINFO = (
    "processor\t: 0\ncpu family\t: 26\nmodel\t\t: 2\nmodel name\t: Abacus 3\nflags\t\t: fpu avx512f{}\n\n"
    "processor\t: 1\nmodel name\t: Slide rule\n"
)


@pytest.fixture
def told(monkeypatch):
    """A function that has Linux say this of the processor, or nothing."""

    def tell(content: str | None) -> None:
        def read(path: Path) -> str:
            if content is None:
                raise FileNotFoundError(path)
            return content

        monkeypatch.setattr(Path, "read_text", read)

    return tell


@pytest.mark.parametrize(
    ("flags", "expected"),
    [(" avx512_bf16", "bfloat16"), (" amx_bf16 sse", "bfloat16"), (" avx512", "float32")],
)
def test_bfloat16_is_for_processors_that_have_it(told, flags, expected):
    told(CPUINFO.format(flags))
    assert machine.precision("bfloat16") == expected
    assert machine.precision("float32") == "float32"
    assert machine.processor() == "Abacus 3 (family 26, model 2)"


def test_a_processor_without_family_or_flags(told):
    told("processor\t: 0\nmodel name\t: Abacus 3\n")
    assert machine.precision("bfloat16") == "float32"
    assert machine.processor() == "Abacus 3"


def test_a_system_that_does_not_tell(told):
    told(None)
    assert machine.precision("bfloat16") == "float32"
    assert machine.processor()
