"""Write examples of reversed sentences into docs/model.md.

python -m sentiment.reports.reversed          # after `dvc repro tokenize`
python -m sentiment.reports.reversed --check  # is the page up to date?

The sentences are made up; opinion words and their opposites are learned from the training part.
"""

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from sentiment import params
from sentiment.data import dataset
from sentiment.data.vocabulary import Vocabulary
from sentiment.reports import markdown
from sentiment.system import command
from sentiment.training.opinions import Opinions
from sentiment.training.reversal import Reverser

PAGE = Path("docs/model.md")
SENTENCES = (
    "A wonderful film with a terrific cast and a gripping story.",
    "I loved every minute of it, and the ending is beautiful.",
    "The plot is not very original, but the acting is superb.",
    "It is dull, badly written and not funny at all.",
    "I didn't like the music.",
    "I have never seen a better comedy.",
    "The second part is worse than the first.",
    "He plays the doctor without charm.",
)


def main(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; fail if it would.")] = False,
    tokens: Annotated[Path, typer.Option(help="What the stage tokenize has written.")] = Path("data/tokens"),
) -> None:
    """Reverse SENTENCES as the training does, and write them into docs/model.md."""
    settings = params.load("train").train
    vocabulary = Vocabulary.load(tokens / "vocabulary.json")
    opinions = Opinions.learn(vocabulary, dataset.load(tokens / "train"))
    examples = table(Reverser(vocabulary, opinions, settings.negated), settings.seed)
    markdown.update(PAGE, {"reversed": examples}, "sentiment.reports.reversed", check)


def table(reverser: Reverser, seed: int) -> str:
    """Each of SENTENCES beside its reverse, as Markdown."""
    random = np.random.default_rng(seed)
    rows = []
    for sentence in SENTENCES:
        words = reverser.vocabulary.tokenize(sentence)
        rows.append([" ".join(words), " ".join(reverser.reverse(words, random) or words)])
    return markdown.table(["sentence", "reversed"], rows)


if __name__ == "__main__":
    command.run(main)
