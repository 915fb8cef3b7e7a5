"""Send `sentiment serve` what its description allows and what it does not, and write benchmarks/fuzz.md.

    python -m benchmarks.fuzz     # some minutes

Schemathesis makes the requests from /openapi.json, with one seed after the other until there are REQUESTS;
the server itself counts them. Ends in an error where an answer is none that the description knows, or a 5xx.
"""

import subprocess
import sys
import tempfile
import urllib.request
from collections import Counter
from importlib.metadata import version
from itertools import count

from prometheus_client.parser import text_string_to_metric_families

from benchmarks.results import FOLDER, write
from benchmarks.serve import server
from sentiment.errors import UserError
from sentiment.reports.markdown import table
from sentiment.system.command import run

REQUESTS = 2000
EXAMPLES = 200  # random ones for each address, in one run
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


def main() -> None:
    """Send the requests, and write how they were answered."""
    with server() as (_, port), tempfile.TemporaryDirectory() as folder:
        url = f"http://127.0.0.1:{port}"
        for seed in count(1):
            schemathesis(url, seed, folder)
            answers = statuses(url)
            print(f"{answers.total():,} requests", flush=True)
            if answers.total() >= REQUESTS:
                break
    if failed := [status for status in answers if status.startswith("5")]:
        raise UserError(f"{url} answered with {', '.join(failed)}")
    write(
        FOLDER / "fuzz.md",
        "# Random requests",
        f"Written by `python -m benchmarks.fuzz`. Schemathesis {version('schemathesis')} made "
        f"{answers.total():,} requests from the server's `/openapi.json`, valid and invalid ones, with the "
        f"seeds 1 to {seed}. Every answer was one that `/openapi.json` describes.",
        table(["status", "answers"], [[status, f"{answers[status]:,}"] for status in sorted(answers)]),
    )


def schemathesis(url: str, seed: int, folder: str) -> None:
    """Run it once, in `folder`; raises UserError where it finds a fault."""
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{url}/openapi.json", "--checks", CHECKS]
    options = ["--phases", "examples,coverage,fuzzing", "--max-examples", f"{EXAMPLES}", "--seed", f"{seed}"]
    result = subprocess.run([*command, *options], cwd=folder, capture_output=True, text=True, check=False)
    if result.returncode:
        raise UserError(f"Schemathesis, seed {seed}: {result.stdout[-2000:]}{result.stderr[-2000:]}")


def statuses(url: str) -> Counter[str]:
    """How many requests the server has answered with which status."""
    with urllib.request.urlopen(f"{url}/metrics") as response:
        families = text_string_to_metric_families(response.read().decode())
    found: Counter[str] = Counter()
    for sample in (sample for family in families for sample in family.samples):
        if sample.name == "sentiment_requests_total":
            found[sample.labels["status"]] += int(sample.value)
    return found


if __name__ == "__main__":
    run(main)
