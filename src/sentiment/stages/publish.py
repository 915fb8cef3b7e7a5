"""Copy the exported model to a folder that git tracks, if it was trained on the expected corpus."""

import shutil
from pathlib import Path

from sentiment.inference import artifact
from sentiment.system import command, one_writer


def main(exported: Path, corpus: str, published: Path) -> None:
    """Copy the EXPORTED model to PUBLISHED, unless it was trained on a corpus other than CORPUS."""
    model = artifact.read(exported)
    if model.about["corpus"] != corpus:
        print(f"{published} stays as it is: {exported} was trained on {model.about['corpus']}")
        return
    with one_writer.replacing([published], [exported]) as (_, (part,)):
        part.mkdir()
        for file in exported.iterdir():
            shutil.copyfile(file, part / file.name)


if __name__ == "__main__":
    command.run(main)
