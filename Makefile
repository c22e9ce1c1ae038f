# Everything works on a fresh clone: the first command creates .venv and installs what is pinned.
PYTHON ?= python3
IN_VENV := $(PYTHON) apps/common/bootstrap.py

.PHONY: run test lint bench install messages pictures

run:
	@$(IN_VENV) apps.common.supervisor

install:
	@$(IN_VENV)

test:
	@$(IN_VENV) pytest $(ARGS)

lint:
	@$(IN_VENV) tests.lint

bench:
	@$(IN_VENV) tests.benchmarks $(ARGS)

messages:
	@$(IN_VENV) django makemessages --all --no-location --settings=urbana.settings

pictures:
	@$(IN_VENV) tests.pictures
