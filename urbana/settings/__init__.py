"""Settings: one file per integration. Environments differ only by environment variables (docs/configuration.md)."""

from urbana.settings.admin import *
from urbana.settings.api import *
from urbana.settings.base import *
from urbana.settings.celery import *
from urbana.settings.channels import *
from urbana.settings.database import *
from urbana.settings.environment import *
from urbana.settings.files import *
from urbana.settings.mongo import *
from urbana.settings.observability import *
from urbana.settings.openai import *
from urbana.settings.redis import *
from urbana.settings.security import *
from urbana.settings.simulator import *
from urbana.settings.whatsapp import *
