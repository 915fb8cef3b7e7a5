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
from sentiment.errors import UserError

from benchmarks.serve import ROOT, server
from sentiment.system.command import run
from sentiment.system.files import replacing

REQUESTS = 2000
EXAMPLES = 200  # made by chance for each address, in one run
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
OUTPUT = ROOT / "benchmarks" / "fuzz.md"


def main() -> None:
    """Send the requests, and write how they were answered."""
    with server() as (_, port), tempfile.TemporaryDirectory() as folder:
        url = f"http://127.0.0.1:{port}"
        for seed in count(1):
            schemathesis(url, seed, folder)
            answered = statuses(url)
            print(f"{answered.total():,} requests", flush=True)
            if answered.total() >= REQUESTS:
                break
    if failed := [status for status in answered if status.startswith("5")]:
        raise UserError(f"{url} answered with {', '.join(failed)}")
    with replacing(OUTPUT) as part:
        part.write_text(report(answered, seed), "utf-8")


def schemathesis(url: str, seed: int, folder: str) -> None:
    """Run it once, in `folder`; raises UserError where it finds a fault."""
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{url}/openapi.json", "--checks", CHECKS]
    options = ["--phases", "examples,coverage,fuzzing", "--max-examples", f"{EXAMPLES}", "--seed", f"{seed}"]
    result = subprocess.run([*command, *options], cwd=folder, capture_output=True, text=True)
    if result.returncode:
        raise UserError(f"Schemathesis, seed {seed}: {result.stdout[-2000:]}{result.stderr[-2000:]}")


def statuses(url: str) -> Counter:
    """How many requests the server has answered with which status."""
    with urllib.request.urlopen(f"{url}/metrics") as response:
        families = text_string_to_metric_families(response.read().decode())
    found = Counter()
    for sample in (sample for family in families for sample in family.samples):
        if sample.name == "sentiment_requests_total":
            found[sample.labels["status"]] += int(sample.value)
    return found


def report(answered: Counter, seeds: int) -> str:
    """How the requests were answered, in Markdown."""
    return "\n".join(
        [
            "# Requests made by chance",
            "",
            "Written by `python -m benchmarks.fuzz`. From the server's `/openapi.json`, Schemathesis",
            f"{version('schemathesis')} made {answered.total():,} requests, right ones and wrong ones,",
            f"with the seeds 1 to {seeds}. Every answer was one that `/openapi.json` describes.",
            "",
            "| status | answers |",
            "|---|---|",
            *(f"| {status} | {number:,} |" for status, number in sorted(answered.items())),
            "",
        ]
    )


if __name__ == "__main__":
    run(main)
