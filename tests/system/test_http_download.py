import pytest
from rich.progress import Progress

from sentiment.errors import UserError
from sentiment.system.http_download import Bar


def test_a_download_without_length_is_bounded():
    progress = Progress()
    bar = Bar(progress, progress.add_task("download"), 1000)
    bar.update(1000)
    with pytest.raises(UserError, match="more than 1,000 bytes"):
        bar.update(1)
