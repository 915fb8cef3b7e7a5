# Thin: each target prints what it runs, and the same commands are in docs/usage.md.

# The first Python 3.10 to 3.13 on this machine; `make PYTHON=/path/to/python demo` for another.
PYTHON := $(shell for python in python3 python3.13 python3.12 python3.11 python3.10; do \
	$$python -c 'import ensurepip, sys, venv; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& echo $$python && break; done)

export PATH := $(CURDIR)/.venv/bin:$(PATH)

.PHONY: help demo check lint test coverage imdb recipes experiments compare restore serve torture locked lock audit sbom licences

help:
	@echo 'make demo   the whole pipeline on data/sample.csv, as the DVC experiment "demo"'
	@echo 'make check  style, types and the fast tests, in less than three minutes'
	@echo 'make test   all tests, about a quarter of an hour on two cores'
	@echo 'make coverage   the same, and which lines they run'
	@echo 'make imdb   the whole pipeline on the 50,000 IMDb reviews'
	@echo 'make recipes   the published designs on the same reviews, half an hour more on two cores'
	@echo 'make experiments   what differs between the experiments, in a table'
	@echo 'make compare A=HEAD B=demo   two runs on the same reviews, printed and as comparison.html'
	@echo 'make restore   back to the committed parameters, results and models'
	@echo 'make serve  a page to ask the model on, at http://127.0.0.1:8000'
	@echo 'make torture   kills, orphans, torn files and hostile input, half an hour at most: docs/reliability.md'
	@echo 'make locked install the very releases that the committed results were made with (Python 3.11)'
	@echo 'make audit  known vulnerabilities in the releases of requirements.lock'
	@echo 'make sbom   what is installed with the command `sentiment`, as build/sbom.json (CycloneDX)'
	@echo 'make licences  and under which licences'
	@echo 'make lock   write the releases of this .venv to requirements.lock'

# The sample is too little text for word2vec, and small enough for more epochs.
demo: .venv/installed
	dvc exp remove --quiet demo 2>/dev/null || true
	dvc exp run --temp --name demo -S data.csv=data/sample.csv -S 'data.download=[]' -S embedding.init=uniform -S train.epochs=5
	python -m sentiment.reports.readme --experiment demo
	@echo 'Made-up reviews: this says nothing about IMDb. Your workspace is as it was; the experiment is "demo":'
	@echo '  make experiments      all experiments, with the parameters and metrics that differ'
	@echo '  dvc exp apply demo    bring it into the workspace, model and all (after: . .venv/bin/activate)'
	@echo '  make restore          and back to what was committed'
	@echo '  make imdb             the real thing'

check: lint
	pytest --numprocesses 2 -m "not slow and not browser"

lint: .venv/installed
	ruff check
	ruff format --check
	mypy

test: .venv/installed
	pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

# Apart from `make test`, which it makes half as slow again.
coverage: .venv/installed
	pytest --cov --numprocesses 2 --dist loadfile --no-loadscope-reorder

imdb: .venv/installed
	dvc repro

recipes: .venv/installed
	dvc repro clean
	dvc --cd recipes repro
	python -m sentiment.reports.recipes

# Some headlines and the parameters, for a terminal of 160 columns.
experiments: .venv/installed
	dvc exp show --no-pager --only-changed --drop '(?!Exp|acc|auc|loss|[a-z]+\.)|data.download|clean'

# By default the last commit, and the workspace.
compare: .venv/installed
	sentiment compare $(A) $(B)

# The reviews in data/ may be a file of the user's: they come back if they are missing, and are never replaced.
restore: .venv/installed
	git restore --source HEAD --staged --worktree dvc.lock params.yaml metrics models recipes/dvc.lock recipes/params.yaml recipes/metrics
	dvc checkout --force --allow-missing clean tokenize baseline embed train evaluate report
	test -e 'data/IMDB Dataset.csv' || dvc checkout --allow-missing download
	dvc --cd recipes checkout --quiet --force --allow-missing

serve: .venv/installed
	sentiment serve

torture: .venv/installed
	python -m benchmarks.torture

locked:
	"$(PYTHON)" -m venv .venv
	pip install --quiet --require-hashes --requirement requirements.lock
	pip install --quiet --no-deps --no-build-isolation --editable .
	@touch .venv/installed

lock: .venv/installed
	pip freeze --exclude-editable | uv pip compile --quiet --all-extras --generate-hashes --no-annotate \
		--custom-compile-command 'make lock' --constraint - --output-file requirements.lock pyproject.toml

# In environments of their own: these tools need packages that would else be among those they tell of.
audit: .venv/installed
	uv tool run --from 'pip-audit>=2.9,<3' pip-audit --requirement requirements.lock --require-hashes --disable-pip

sbom: build/shipped
	uv tool run --from 'cyclonedx-bom>=7,<8' cyclonedx-py environment build/shipped \
		--pyproject pyproject.toml --output-reproducible --output-file build/sbom.json

licences: build/shipped
	uv tool run --from 'pip-licenses>=5,<6' pip-licenses --python build/shipped/bin/python --format markdown

# The package as users install it, with the releases of the lock.
build/shipped: .venv/installed requirements.lock
	uv venv --quiet --clear $@
	uv pip install --quiet --python $@ --constraint requirements.lock '.[serve]'
	@touch $@

.venv/installed: requirements.txt requirements-serve.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo 'error: no Python 3.10 to 3.13 with venv here (Debian: apt install python3-venv); name one: make PYTHON=...' >&2; exit 1; }
	"$(PYTHON)" -m venv .venv
	pip install --quiet --requirement requirements.txt
	@touch $@
