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
	@$(IN_VENV) django makemessages --locale=en --no-location --no-obsolete --no-wrap --ignore=.venv --ignore=var --ignore=tests --settings=tests.static_settings
	@$(IN_VENV) django compilemessages --locale=en --locale=pt_BR --ignore=.venv --ignore=var --settings=tests.static_settings

pictures:
	@$(IN_VENV) tests.pictures
