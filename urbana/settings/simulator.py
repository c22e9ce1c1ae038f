"""The phone in the browser, for development and demonstrations."""

from urbana.settings.base import DEBUG
from urbana.settings.environment import env

URBANA_SIMULATOR: bool = env.bool("URBANA_SIMULATOR", default=DEBUG)
