"""deploy/: what can be checked of it without a container engine, systemd or a cluster.

The commands of the image run in test_package.py.
"""

import re
import shutil
import sys
from pathlib import Path

import kubernetes_validate
import pytest
import yaml
from conftest import ROOT, run

from sentiment.server.uvicorn_server import GRACE_PERIOD

DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8")
KUBERNETES = list(yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text("utf-8")))


def test_the_dockerfile_has_nothing_that_hadolint_warns_of(tmp_path):
    run("hadolint", str(DEPLOY / "Dockerfile"), cwd=tmp_path)
    (tmp_path / "Dockerfile").write_text(DOCKERFILE.replace("3.13-slim", "latest"))
    assert "DL3007" in run("hadolint", "Dockerfile", cwd=tmp_path, check=False).stdout


def test_the_image_gets_what_the_wheel_is_made_of_and_no_data():
    ignore = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    let_through = {line.removeprefix("!") for line in ignore if line.startswith("!")}
    assert "*" in ignore
    assert let_through == {"LICENSE", "README.md", "models/imdb", "pyproject.toml", "src"}
    assert all((ROOT / name).exists() for name in let_through)


def unit(folder: Path) -> Path:
    """The unit, but for the place where the command is installed."""
    content = (DEPLOY / "sentiment.service").read_text("utf-8")
    command = Path(sys.executable).with_name("sentiment")
    assert content.count("/opt/sentiment/bin/sentiment ") == 1
    (folder / "sentiment.service").write_text(content.replace("/opt/sentiment/bin/sentiment", str(command)))
    return folder / "sentiment.service"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs Debian's systemd: apt install systemd")
def test_the_unit_is_one_that_systemd_reads_and_exposes_little(tmp_path):
    checked = run("systemd-analyze", "verify", str(unit(tmp_path)), cwd=tmp_path)
    assert checked.stdout + checked.stderr == ""
    run("systemd-analyze", "security", "--offline=yes", "--threshold=20", "sentiment.service", cwd=tmp_path)


@pytest.mark.parametrize("resource", KUBERNETES, ids=lambda resource: resource["kind"])
def test_the_manifest_fits_the_schema_of_kubernetes(resource):
    kubernetes_validate.validate(resource, kubernetes_validate.latest_version(), strict=True)
    with pytest.raises(kubernetes_validate.ValidationError):
        wrong = {**resource, "spec": {**resource["spec"], "ports": "none"}}
        kubernetes_validate.validate(wrong, kubernetes_validate.latest_version(), strict=True)


def test_manifest_unit_and_image_agree_with_each_other_and_the_server():
    deployment, service = KUBERNETES
    pod = deployment["spec"]["template"]
    [container] = pod["spec"]["containers"]
    [port] = container["ports"]
    user = pod["spec"]["securityContext"]
    assert re.findall(r"^USER (.*)$", DOCKERFILE, re.M) == [f"{user['runAsUser']}:{user['runAsGroup']}"]
    assert re.findall(r"^EXPOSE (.*)$", DOCKERFILE, re.M) == [str(port["containerPort"])]
    assert service["spec"]["selector"].items() <= pod["metadata"]["labels"].items()
    assert [one["targetPort"] for one in service["spec"]["ports"]] == [port["name"]]
    sleep = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    stops = re.search(r"^TimeoutStopSec=(\d+)$", (DEPLOY / "sentiment.service").read_text("utf-8"), re.M)
    assert int(stops[1]) > GRACE_PERIOD
    assert GRACE_PERIOD + sleep < pod["spec"]["terminationGracePeriodSeconds"]
