# Tasks of development, for people and CI. `make` without a target prints the help.
.DEFAULT_GOAL := help
.PHONY: help setup demo test test-all servers model outages batch-kills hub-kills soak test-fast test-radosgw test-images images \
	airgap-bundle image-constraints chaos check lint format types imports client test-edge \
	bench-start bench bench-farm bench-batch bench-memory bench-stages bench-vad bench-ledger bench-order bench-page bench-frames bench-page-cost bench-redaction models-demo docs chart \
	flower-screenshot page-screenshots clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The versions that the images are built with, so that a clone still works in a year.
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
	@echo "== after the downloads, installing takes some minutes without output"
	$(BIN)/pip install -c $(PINS) -e '.[farm]'
	@touch $@

$(VENV)/.dev: pyproject.toml $(PINS) | $(VENV)/bin/pip
	@echo "== installing the farm and the requirements of its tests (about 3 GB to download once)"
	@echo "== after the downloads, installing takes some minutes without output"
	$(BIN)/pip install -c $(PINS) -e '.[dev]'
	@touch $@ $(VENV)/.farm

demo: setup ## start a farm, transcribe the sample support call, stop
	@$(BIN)/whisperfarm demo
	@echo "Next: $(BIN)/whisperfarm up, then open http://127.0.0.1:8000"

test: $(VENV)/.dev client servers ## run the quick tests and one real job from end to end (a few minutes)
	$(PYTEST) tests -m 'not slow'

test-all: $(VENV)/.dev client servers ## run all tests, slow ones too (about half an hour on two cores)
	$(PYTEST) tests $(SELECT)

servers: ## install missing servers and Chromium for the tests with apt, as root
	@sh tests/servers/install.sh

model: $(VENV)/.dev servers ## compare the ledger with a model of it in random sequences; EXAMPLES=1000
	MODEL_EXAMPLES=$(or $(EXAMPLES),1000) $(BIN)/pytest tests/model --timeout=0

outages: $(VENV)/.dev servers ## run an outage of S3 and one of PostgreSQL under load, a minute each; OUTAGE_S=60
	OUTAGE_S=$(or $(OUTAGE_S),60) RETURN_S=10 $(BIN)/pytest -s tests/integration/distributed/test_outages.py

batch-kills: $(VENV)/.dev client ## run a batch of 1,000 recordings on two workers and kill parts of it 20 times; FILES=1000 KILLS=20
	BATCH_FILES=$(or $(FILES),1000) BATCH_KILLS=$(or $(KILLS),20) BATCH_WORKERS=2 \
		$(BIN)/pytest -s tests/acceptance/test_batch_kills.py

hub-kills: $(VENV)/.dev ## send jobs of an edge to its hub, cut their link and kill both sides; JOBS=300 KILLS=30
	$(BIN)/python -m tests.chaos.hub $(or $(JOBS),300) $(or $(KILLS),30)

soak: $(VENV)/.dev ## run 3,000 short jobs and look for warnings and growth; JOBS=3000
	SOAK_JOBS=$(or $(JOBS),3000) $(BIN)/pytest -s tests/integration/test_soak.py

test-fast: $(VENV)/.dev ## run the unit tests only
	$(PYTEST) tests/unit

test-radosgw: $(VENV)/.dev servers ## run the S3 tests against Ceph's gateway instead of rclone's server
	TEST_S3=radosgw $(BIN)/pytest tests/conformance/test_blobs.py tests/integration/test_s3_blobs.py \
		tests/integration/distributed tests/integration/models/test_pull_from_s3.py

test-images: $(VENV)/.dev ## build and test the images; needs buildah, podman, root and 40 GB of disk
	TEST_IMAGES=1 $(BIN)/pytest tests/images

images: ## build the images of the dispatcher and a worker; KIND=cpu, gpu or edge (docs/how-to/docker.md)
	sh docker/build.sh dispatcher
	sh docker/build.sh $(or $(KIND),cpu)

airgap-bundle: ## build a bundle for machines without internet; OUT=folder KIND=cpu, gpu or edge
	sh docker/airgap/bundle.sh $(or $(OUT),dist/airgap-$(or $(KIND),cpu)) $(or $(KIND),cpu)

image-constraints: $(VENV)/.dev ## update docker/constraints.txt from the versions in .venv
	$(BIN)/python docker/freeze.py

chaos: $(VENV)/.dev servers ## kill processes of a farm over 500 times (half an hour); WRITE=docs/reference/chaos.md saves the report
	$(BIN)/python -m tests.chaos $(WRITE)

check: $(VENV)/.dev lint types imports test-all ## run lint, types, import rules and all tests

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python tools/prose.py

format: $(VENV)/.dev ## format the code and fix lint errors with ruff
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

types: $(VENV)/.dev
	$(BIN)/mypy

imports: $(VENV)/.dev
	$(BIN)/lint-imports

client: $(VENV)/.farm ## build dist/whisper-remote, one file that needs only the standard library
	$(BIN)/python client/build.py

test-edge: $(VENV)/.dev ## install whisperfarm[edge] into a new environment and test it
	$(BIN)/python -m tests.edge

bench-start: $(VENV)/.dev ## measure a worker's start against bare WhisperX; WRITE=docs/reference/benchmarks-start.md saves the table
	PYTHONPATH=demo $(BIN)/python -m bench.start $(WRITE)

bench: $(VENV)/.dev servers client ## measure against baselines; WRITE=docs/reference/benchmarks.md saves the table
	PYTHONPATH=demo $(BIN)/python -m bench $(WRITE)

bench-farm: $(VENV)/.dev servers ## measure 10,000 jobs on RabbitMQ, PostgreSQL and S3 against bare Celery; WRITE=docs/reference/benchmarks-farm.md
	$(BIN)/python -m bench.distributed $(WRITE)

bench-batch: $(VENV)/.dev ## measure whisperfarm batch beside the same jobs submitted directly; WRITE=docs/reference/benchmarks-batch.md
	PYTHONPATH=demo $(BIN)/python -m bench.batch $(WRITE)

bench-memory: $(VENV)/.dev ## measure a worker's memory over long recordings (hours with ENGINE=whisperx); HOURS=0.1,3 EVERY_S=30 PRESET=demo
	PYTHONPATH=demo $(BIN)/python -m bench.memory $(or $(ENGINE),faster-whisper) $(or $(HOURS),0.1,3) $(or $(EVERY_S),30) $(or $(PRESET),demo-words)

bench-stages: $(VENV)/.dev ## measure the CPU seconds of each stage beside WhisperX; WRITE=docs/reference/benchmarks-stages.md
	PYTHONPATH=demo $(BIN)/python -m bench.stages $(WRITE)

bench-vad: $(VENV)/.dev ## measure the voice activity models; WRITE=docs/reference/benchmarks-vad.md saves the table
	PYTHONPATH=demo $(BIN)/python -m bench.voice_activity $(WRITE)

bench-ledger: $(VENV)/.dev servers ## measure the ledger with up to a million rows; WRITE=docs/reference/benchmarks-ledger.md
	$(BIN)/python -m bench.ledger_growth $(WRITE)

bench-order: $(VENV)/.dev ## simulate a day of calls and archive files; WRITE=docs/reference/benchmarks-order.md
	$(BIN)/python -m bench.order $(WRITE)

bench-page: $(VENV)/.dev servers ## measure lists and searches of 10,000 jobs over HTTP; WRITE=docs/reference/benchmarks-page.md
	$(BIN)/python -m bench.page $(WRITE)

bench-frames: $(VENV)/.dev ## measure the frames of a three-hour transcript in Chromium; WRITE=docs/reference/benchmarks-frames.md
	PYTHONPATH=demo $(BIN)/python -m bench.frames $(WRITE)

bench-page-cost: $(VENV)/.dev ## measure what the page adds to a dispatcher's start and memory; WRITE=docs/reference/benchmarks-page-cost.md
	PYTHONPATH=demo $(BIN)/python -m bench.page_cost $(WRITE)

bench-redaction: $(VENV)/.dev ## print the precision and recall of redaction, and the lines that it gets wrong
	$(BIN)/python -m bench.redaction

models-demo: $(VENV)/.dev ## rebuild the demo models and samples (less than an hour on two cores)
	cd demo && ../$(BIN)/python -m training

docs: $(VENV)/.dev ## update the tables in docs/ that are generated from the code
	$(BIN)/python -m tools.reference

chart: $(VENV)/.dev ## update the chart's alerts and names of settings
	$(BIN)/python helm/refresh.py

flower-screenshot: $(VENV)/.dev ## update docs/how-to/flower.png; needs Chromium (apt)
	$(BIN)/pip install -q -e '.[screenshots]'
	$(BIN)/python -m demo.screenshots.flower docs/how-to/flower.png

page-screenshots: $(VENV)/.dev ## update the pictures of docs/how-to/page.md; needs Chromium (apt)
	$(BIN)/python -m demo.screenshots.page docs/how-to

clean: ## remove build output (not .venv)
	rm -rf dist build .mypy_cache .ruff_cache .pytest_cache
