# Everything a newcomer or a robot runs. `make` alone prints this help.
.DEFAULT_GOAL := help
.PHONY: help setup demo test test-all servers model outages test-fast test-radosgw test-images images \
	airgap-bundle image-constraints chaos check lint format types imports client test-edge \
	bench-start bench bench-farm bench-ledger models-demo docs chart flower-screenshot clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The versions that the images are built with, so that a clone works next year as it did today.
PINS := docker/constraints.txt
# Tests run in WORKERS processes at once; each of them starts the servers that its tests ask for.
WORKERS ?= 2
PYTEST := $(BIN)/pytest -n $(WORKERS)
# `make test-all` and `make check` run the tests that these options of pytest select: '-m slow'.
SELECT ?=

help: ## print this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

setup: $(VENV)/.farm ## install the farm into .venv (several minutes the first time: torch is large)

$(VENV)/bin/pip:
	@echo "== making $(VENV)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name it with PYTHON=..."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "The venv module is missing: apt-get install python3-venv"; exit 1; }

$(VENV)/.farm: pyproject.toml $(PINS) | $(VENV)/bin/pip
	@echo "== installing the farm (about 3 GB to download once; pip shows its progress)"
	$(BIN)/pip install -c $(PINS) -e '.[farm]'
	@touch $@

$(VENV)/.dev: pyproject.toml $(PINS) | $(VENV)/bin/pip
	@echo "== installing the farm and what its tests need (about 3 GB to download once)"
	$(BIN)/pip install -c $(PINS) -e '.[dev]'
	@touch $@ $(VENV)/.farm

demo: setup ## start a farm, transcribe the sample support call, stop
	@$(BIN)/whisperfarm demo

test: $(VENV)/.dev client servers ## the quick tests, and one real job from end to end: a few minutes
	$(PYTEST) tests -m 'not slow'

test-all: $(VENV)/.dev client servers ## all tests, slow ones too: about 20 minutes on two cores
	$(PYTEST) tests $(SELECT)

servers: ## install PostgreSQL, RabbitMQ, Redis and Prometheus for the tests, by apt as root, if missing
	@sh tests/servers/install.sh

model: $(VENV)/.dev servers ## the ledger against its model, in many random lives; EXAMPLES=1000
	MODEL_EXAMPLES=$(or $(EXAMPLES),1000) $(BIN)/pytest tests/model --timeout=0

outages: $(VENV)/.dev servers ## an outage of S3 and one of PostgreSQL under load, a minute each; OUTAGE_S=60
	OUTAGE_S=$(or $(OUTAGE_S),60) RETURN_S=10 $(BIN)/pytest -s tests/integration/distributed/test_outages.py

test-fast: $(VENV)/.dev ## the unit tests alone
	$(PYTEST) tests/unit

test-radosgw: $(VENV)/.dev servers ## what meets S3, on Ceph's gateway in place of rclone's server
	TEST_S3=radosgw $(BIN)/pytest tests/conformance/test_blobs.py tests/integration/test_s3_blobs.py \
		tests/integration/distributed tests/integration/models/test_pull_from_s3.py

test-images: $(VENV)/.dev ## build the images for real and try them: buildah, podman, root, 40 GB of disk
	TEST_IMAGES=1 $(BIN)/pytest tests/images

images: ## build the dispatcher's image and a worker's; KIND=cpu, gpu or edge (docs/how-to/docker.md)
	sh docker/build.sh dispatcher
	sh docker/build.sh $(or $(KIND),cpu)

airgap-bundle: ## images and all else for machines without internet; OUT=folder KIND=cpu, gpu or edge
	sh docker/airgap/bundle.sh $(or $(OUT),dist/airgap-$(or $(KIND),cpu)) $(or $(KIND),cpu)

image-constraints: $(VENV)/.dev ## write docker/constraints.txt anew, from the versions in .venv
	$(BIN)/python docker/freeze.py

chaos: $(VENV)/.dev servers ## kill parts of a farm over 500 times (half an hour); WRITE=docs/reference/chaos.md keeps the report
	$(BIN)/python -m tests.chaos $(WRITE)

check: $(VENV)/.dev lint types imports test-all ## lint, types, import rules and all tests

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/.dev ## let ruff format and mend what it can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

types: $(VENV)/.dev
	$(BIN)/mypy

imports: $(VENV)/.dev
	$(BIN)/lint-imports

client: $(VENV)/.farm ## build dist/whisper-remote, one file, standard library only
	$(BIN)/python client/build.py

test-edge: $(VENV)/.dev ## install whisperfarm[edge] into a fresh environment, and have it work
	$(BIN)/python -m tests.edge

bench-start: $(VENV)/.dev ## a worker's start beside WhisperX alone; WRITE=docs/reference/benchmarks-start.md keeps the table
	PYTHONPATH=demo $(BIN)/python -m bench.start $(WRITE)

bench: $(VENV)/.dev servers client ## measure against baselines; WRITE=docs/reference/benchmarks.md keeps the table
	$(BIN)/python -m bench $(WRITE)

bench-farm: $(VENV)/.dev servers ## 10,000 jobs on RabbitMQ, PostgreSQL and S3, beside bare Celery; WRITE=docs/reference/benchmarks-farm.md
	$(BIN)/python -m bench.distributed $(WRITE)

bench-ledger: $(VENV)/.dev servers ## the ledger's cost up to a million rows; WRITE=docs/reference/benchmarks-ledger.md
	$(BIN)/python -m bench.ledger_growth $(WRITE)

models-demo: $(VENV)/.dev ## rebuild the demo models and samples (well under an hour on two cores)
	cd demo && ../$(BIN)/python -m training

docs: $(VENV)/.dev ## write the tables of docs/ that the code declares
	$(BIN)/python -m tools.reference

chart: $(VENV)/.dev ## bring the chart's alerts and names of settings up to date
	$(BIN)/python helm/refresh.py

flower-screenshot: $(VENV)/.dev ## make docs/how-to/flower.png anew; needs Chromium, by apt
	$(BIN)/pip install -q -e '.[screenshots]'
	$(BIN)/python -m demo.screenshots.flower docs/how-to/flower.png

clean: ## remove what was built (not .venv)
	rm -rf dist build .mypy_cache .ruff_cache .pytest_cache
