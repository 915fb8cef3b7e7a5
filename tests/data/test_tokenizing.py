"""From texts to counts of tokens, on an engine."""

import pyarrow as pa

from sentiment.data import tokenizing
from sentiment.data.vocabulary import Vocabulary
from sentiment.engine import local


def test_work_that_turns_out_to_be_long_goes_on_in_other_processes(tmp_path, monkeypatch):
    """As with some thousand short texts: the vocabulary has been used in this process by then."""
    monkeypatch.setattr(local, "SHORT", 1e-9)
    parts = [pa.array(["a good film"]), pa.array(["a bad film", "a film"])]
    unfitted = Vocabulary("regexp", lowercase=True, max_tokens=10, head=0.5)
    with local.LocalEngine() as engine:
        vocabulary = tokenizing.fit(unfitted, parts, 10, 2, engine, tmp_path)
        assert vocabulary.tokens == ("a", "film")
        assert engine._pool
