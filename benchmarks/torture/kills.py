"""Kill stages at random moments; what they leave once they are run again must be the same bytes."""

import math
import random
import time

from benchmarks.torture.project import Project
from benchmarks.torture.trials import Trials, within

IN_A_ROW = 3  # kills before a stage may finish


def kills(project: Project, stages: list[str], count: int, seconds: float = math.inf) -> Trials:
    """Kill the processes of `stages` in turn, `count` times in all; their children are not killed."""
    trials = Trials("kills at random moments", "run again, a stage ends in the same bytes")
    randomly = random.Random(0)
    expected = {stage: project.outputs(stage) for stage in stages}
    commands = [(stage, command) for stage in stages for command in project.commands(stage)]
    lasting = [_finish(project, command) for _, command in commands]
    for number in within(seconds, math.ceil(count / IN_A_ROW)):
        stage, command = commands[number % len(commands)]
        moments = [randomly.uniform(0, lasting[number % len(commands)]) for _ in range(IN_A_ROW)]
        for moment in moments:
            _kill(project, command, moment)
        _finish(project, command)
        problem = None if project.outputs(stage) == expected[stage] else "other outputs than without a kill"
        for moment in moments:
            trials.count(f"{command[4]} after {moment:.2f} s", problem, project.left())
    return trials


def _finish(project: Project, command: list[str]) -> float:
    """Run a command of a stage; return how long it took."""
    start = time.monotonic()
    project.run(*command)
    return time.monotonic() - start


def _kill(project: Project, command: list[str], after: float) -> None:
    process = project.start(*command)
    time.sleep(after)
    process.kill()
    process.wait()
