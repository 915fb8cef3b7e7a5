"""What dvc.yaml runs: one file a stage, named like it."""

from sentiment.system import tensorflow_log

tensorflow_log.silence()
