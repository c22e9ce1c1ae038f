"""Every variable that the product reads is documented, and every documented variable is read."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from apps.common.preflight import DEFAULTS
from tests.servers import BASE_DIR

PAGE = BASE_DIR / "docs/configuration.md"
# Read by docker-compose.yml alone; tests/platform/test_compose.py knows them.
COMPOSE_ONLY = {"POSTGRES_PASSWORD", "MONGO_PASSWORD", "VALKEY_PASSWORD", "MONGO_KEY", "CERTIFICATES"}
# Read by uvicorn, prometheus_client and other libraries, or by our own code through os.environ.
READ_ELSEWHERE = {"PROMETHEUS_MULTIPROC_DIR", "URBANA_PROCESS", "URBANA_VAR_DIR", "URBANA_ENV_FILE"}


def documented() -> set[str]:
    cells = [line.split("|")[1] for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    return {name for cell in cells for name in re.findall(r"`([A-Z_]+)`", cell)}


def read_by(path: Path) -> Iterator[str]:
    """Give the names in calls like `env.str("NAME", …)`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            name = node.args[0]
            if isinstance(node.func.value, ast.Name) and node.func.value.id == "env" and isinstance(name, ast.Constant):
                yield str(name.value)


def read_by_the_product() -> set[str]:
    settings = {name for path in (BASE_DIR / "urbana/settings").glob("*.py") for name in read_by(path)}
    return settings | set(DEFAULTS)


def test_every_variable_that_is_read_is_documented() -> None:
    missing = read_by_the_product() - documented()

    assert missing == set()


def test_every_documented_variable_is_read() -> None:
    unread = documented() - read_by_the_product() - COMPOSE_ONLY - READ_ELSEWHERE

    assert unread == set()


def test_the_example_names_only_variables_that_exist() -> None:
    example = (BASE_DIR / ".env.example").read_text(encoding="utf-8")

    unknown = set(re.findall(r"^#?([A-Z_]+)=", example, flags=re.MULTILINE)) - documented()

    assert unknown == set()
