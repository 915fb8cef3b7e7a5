"""What the project takes and gives, in time, memory and accuracy, beside what a user would pick instead."""

from sentiment.system import tensorflow_log

tensorflow_log.silence()
