"""Settings for tools that read the code without running it: no server is started."""

import os

os.environ.setdefault("DEBUG", "true")
os.environ.setdefault("URBANA_ENV_FILE", os.devnull)

from urbana.settings import *  # noqa: F403
