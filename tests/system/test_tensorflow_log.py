"""What TensorFlow writes to standard error in a stage: nothing, unless the environment asks for it."""

import sys

import pytest
from conftest import run

TRAINING = """
import sentiment.stages
import keras, numpy
network = keras.Sequential([keras.layers.Embedding(9, 4), keras.layers.LSTM(4), keras.layers.Dense(1)])
network.compile("adam", "mse")
network.fit(numpy.ones((8, 5)), numpy.ones(8), verbose=0)
"""


@pytest.mark.slow
def test_a_training_is_silent(tmp_path, monkeypatch):
    monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL")
    assert run(sys.executable, "-c", TRAINING, cwd=tmp_path).stderr == ""
    assert run(sys.executable, "-c", TRAINING, cwd=tmp_path, TF_CPP_MIN_LOG_LEVEL="0").stderr != ""


def test_an_error_while_tensorflow_is_imported_is_shown(tmp_path, monkeypatch):
    """A stand-in that fails, found before the real one: its traceback comes out, its log line does not."""
    stand_in = "import os; os.write(2, b'log' + b' line'); raise OSError('broken')"
    (tmp_path / "tensorflow.py").write_text(stand_in)
    monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL")
    script = (
        "import sentiment.stages, traceback\ntry: import tensorflow\nexcept OSError: traceback.print_exc()"
    )
    shown = run(sys.executable, "-c", script, cwd=tmp_path).stderr  # which imports from its folder first
    assert "OSError: broken" in shown
    assert "log line" not in shown
