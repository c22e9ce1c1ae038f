"""docker-compose.yml runs the same processes as `make run`, on ports, checks and variables that exist."""

import re
from string import Template
from typing import Any

import pytest
import yaml
from django.urls import resolve

from apps.common.preflight import DEFAULTS
from tests.architecture.test_configuration import documented
from tests.servers import BASE_DIR

COMPOSE: dict[str, Any] = yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
NGINX = (BASE_DIR / "deploy/nginx/urbana.conf").read_text(encoding="utf-8")
PROCFILE = dict(
    line.split(": ", 1) for line in (BASE_DIR / "Procfile").read_text(encoding="utf-8").splitlines() if line.strip()
)
OURS = {name for name, service in SERVICES.items() if "build" in service}
WEB_PORT, FLOWER_PORT = "8000", "5555"
# Variables of the store images themselves.
OF_IMAGES = {
    "mongo": {"MONGO_INITDB_ROOT_USERNAME", "MONGO_INITDB_ROOT_PASSWORD", "MONGO_KEY"},
    "valkey": {"VALKEY_PASSWORD", "VALKEYCLI_AUTH"},
    "postgres": {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD"},
}


def in_a_container(command: str) -> str:
    """Give a command of the Procfile as a container runs it: on every address, with the ports of the image."""
    threads = {name: f"${{{name}:-{value}}}" for name, value in DEFAULTS.items() if name.endswith("_THREADS")}
    filled = Template(command).substitute(threads, PORT=WEB_PORT, FLOWER_PORT=FLOWER_PORT)
    return filled.replace("127.0.0.1", "0.0.0.0")


def test_there_is_one_service_for_each_process() -> None:
    assert {"prepare", *PROCFILE} == OURS


@pytest.mark.parametrize("name", PROCFILE)
def test_a_service_runs_the_command_of_its_process(name: str) -> None:
    assert SERVICES[name]["command"] == in_a_container(PROCFILE[name])


def test_the_image_runs_the_web_process_by_default() -> None:
    dockerfile = (BASE_DIR / "Dockerfile").read_text(encoding="utf-8")
    (command,) = re.findall(r"^CMD \[(.+)\]$", dockerfile, flags=re.MULTILINE)

    assert " ".join(re.findall(r'"([^"]+)"', command)) == in_a_container(PROCFILE["web"])
    assert f"EXPOSE {WEB_PORT}" in dockerfile


def test_the_health_check_asks_an_address_that_exists() -> None:
    command = SERVICES["web"]["healthcheck"]["test"][-1]
    (port, path) = re.findall(r"http://127\.0\.0\.1:(\d+)(/[\w/]+)", command)[0]

    assert port == WEB_PORT
    assert resolve(path).url_name == "live"


def test_nginx_reaches_the_port_of_the_web_process() -> None:
    assert f"server web:{WEB_PORT};" in NGINX


@pytest.mark.parametrize("path", re.findall(r"location (/\w+/) ", NGINX))
def test_nginx_names_only_paths_of_the_product(path: str) -> None:
    known = {"/health/", "/webhooks/", "/ws/", "/simulator/"}

    assert path in known


def test_only_nginx_listens_to_the_world() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}

    assert published == {"nginx": ["80:80", "443:443"], "flower": [f"127.0.0.1:{FLOWER_PORT}:{FLOWER_PORT}"]}


@pytest.mark.parametrize("name", SERVICES)
def test_every_variable_of_a_service_is_known(name: str) -> None:
    variables = set(SERVICES[name].get("environment", {}))

    assert variables - OF_IMAGES.get(name, set()) - documented() == set()


def test_every_variable_that_compose_asks_for_is_documented_and_in_the_example() -> None:
    text = (BASE_DIR / "docker-compose.yml").read_text(encoding="utf-8")
    required = set(re.findall(r"\$\{([A-Z_]+):\?", text))
    optional = set(re.findall(r"\$\{([A-Z_]+):-", text))
    example = (BASE_DIR / ".env.example").read_text(encoding="utf-8")

    assert (required | optional) - documented() == set()
    assert {name for name in required if f"\n{name}=" not in example} == set()


def test_workers_are_given_longer_than_their_drain() -> None:
    assert {SERVICES[name]["stop_grace_period"] for name in OURS} == {"40s"}
