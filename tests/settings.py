"""The product's settings under test. What differs, differs by environment variables only."""

from tests.servers import configure_environment

configure_environment()

from urbana.settings import *  # noqa: E402, F403
from urbana.settings import DATABASES, VAR_DIR  # noqa: E402

# SQLite's in-memory database cannot be shared by the threads and processes that the tests start.
DATABASES["default"]["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
