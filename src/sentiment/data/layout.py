"""How a file holds labelled reviews."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sentiment.data.csv_header import DELIMITERS, Dialect

Other = Literal["refuse", "drop"]


@dataclass(frozen=True)
class Layout:
    """How a file holds labelled reviews: params.yaml's section `clean`, which explains each field."""

    text_column: str
    label_column: str
    group_column: str = ""
    positive: Sequence[str] = ()
    negative: Sequence[str] = ()
    other: Other = "refuse"
    delimiter: str = ","
    encoding: str = "utf-8"

    @property
    def columns(self) -> dict[str, str]:
        """The names of the columns to be read, by what they hold."""
        groups = {"group": self.group_column} if self.group_column else {}
        return {"text": self.text_column, "label": self.label_column, **groups}

    @property
    def dialect(self) -> Dialect:
        """What is said of a CSV."""
        characters = {name: character for character, name in DELIMITERS.items()}
        return Dialect(characters.get(self.delimiter, self.delimiter), self.encoding, settable=True)
