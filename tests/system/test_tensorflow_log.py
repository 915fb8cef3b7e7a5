"""What TensorFlow writes to standard error in a stage: nothing, unless the environment asks for it."""

import os
import subprocess
import sys

import pytest

TRAINING = """
import sentiment.stages
import keras, numpy
network = keras.Sequential([keras.layers.Embedding(9, 4), keras.layers.LSTM(4), keras.layers.Dense(1)])
network.compile("adam", "mse")
network.fit(numpy.ones((8, 5)), numpy.ones(8), verbose=0)
"""


def stderr(*command: str, **environment: str) -> str:
    """What Python, run with `command` and `environment`, writes to standard error."""
    inherited = {key: value for key, value in os.environ.items() if key != "TF_CPP_MIN_LOG_LEVEL"}
    done = subprocess.run(
        [sys.executable, *command], env=inherited | environment, capture_output=True, text=True, check=True
    )
    return done.stderr


@pytest.mark.slow
def test_a_training_is_silent():
    assert stderr("-c", TRAINING) == ""
    assert stderr("-c", TRAINING, TF_CPP_MIN_LOG_LEVEL="0") != ""


def test_an_error_while_tensorflow_is_imported_is_shown(tmp_path):
    """A stand-in that fails, found before the real one: its traceback comes out, its log line does not."""
    stand_in = "import os; os.write(2, b'log' + b' line'); raise OSError('broken')"
    (tmp_path / "tensorflow.py").write_text(stand_in)
    script = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import sentiment.stages, traceback\n"
    shown = stderr("-c", script + "try: import tensorflow\nexcept OSError: traceback.print_exc()")
    assert "OSError: broken" in shown
    assert "log line" not in shown
