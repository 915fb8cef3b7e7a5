"""Some steps of the LSTM's training on tokens that stay on disk: `scale` runs this in its folder."""

from pathlib import Path

from benchmarks.speed import time_steps
from sentiment import params
from sentiment.data import dataset
from sentiment.data.vocabulary import Vocabulary
from sentiment.embedding import matrix
from sentiment.network import model
from sentiment.network.batches import Batches
from sentiment.ngrams import votes
from sentiment.system.command import run
from sentiment.training import loop, memory
from sentiment.training.steps import Steps


def main(data: Path, steps: int) -> None:
    """Train on the tokens in DATA for so many STEPS, besides some to compile."""
    settings = params.load("baseline", "embedding", "model", "train")
    config = settings.train
    loop.prepare(config)
    vocabulary = Vocabulary.load(data / "tokens" / "vocabulary.json")
    reviews = dataset.load(data / "tokens" / "train")
    embedding = matrix.make(settings.embedding, vocabulary, {})
    memory.require(settings, vocabulary, embedding.shape[1], len(reviews))
    network = model.build(settings.model, embedding, settings.baseline.max_ngram)
    loop.compile(network, config, len(reviews))
    epoch = Batches(reviews, config.batch_size, config.seed, votes=votes.load(data / "votes.npy", reviews))
    epoch.batches = epoch.batches[:steps]
    time_steps({"network": (Steps(network, settings.baseline.max_ngram), config.precision)}, epoch)


if __name__ == "__main__":
    run(main)
