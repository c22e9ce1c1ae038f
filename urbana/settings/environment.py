"""Where every setting comes from: the environment, then `.env`, then the running `make run`."""

from pathlib import Path

import environ

from apps.common.running import read_env_file, running_product

BASE_DIR = Path(__file__).resolve().parents[2]

env = environ.Env()
# Neither source replaces a variable that is already set: the real environment always wins.
read_env_file(BASE_DIR)

VAR_DIR = Path(env.str("URBANA_VAR_DIR", default="") or BASE_DIR / "var").resolve()
for _name, _value in running_product(VAR_DIR).items():
    env.ENVIRON.setdefault(_name, _value)

# Prefixes every Redis key, channel and queue, so that products and parallel tests can share one server.
URBANA_PREFIX = env.str("URBANA_PREFIX", default="urbana")
