"""`make lint`: everything that can be said about the code without running it."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
MANAGE = [sys.executable, "manage.py"]
STEPS: dict[str, list[str]] = {
    "ruff check": [str(BIN / "ruff"), "check", "."],
    "ruff format": [str(BIN / "ruff"), "format", "--check", "--output-format", "concise", "."],
    "imports": [str(BIN / "lint-imports")],
    "mypy": [str(BIN / "mypy")],
    "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
    "templates": [sys.executable, "-m", "tests.templates"],
    "system checks": [*MANAGE, "check", "--fail-level", "WARNING"],
    "packages": [sys.executable, "-m", "pip", "check"],
}
DEPLOY_STEP = [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"]
# A production system as SECURITY.md describes it, for the checks that only look at one.
DEPLOYED = {
    "DEBUG": "false",
    "SECRET_KEY": "only-for-the-deployment-checks-of-make-lint-0123456789-abcdefghijklmnopqrstuvwxyz",
    "METRICS_TOKEN": "only-for-the-deployment-checks",
    "ALLOWED_HOSTS": "connect.example.com",
    "CSRF_TRUSTED_ORIGINS": "https://connect.example.com",
}


def main() -> int:
    """Run every step, even after one failed, and give the number of those that did."""
    failed = []
    with tempfile.TemporaryDirectory() as var_dir:
        environment = os.environ | {
            "DEBUG": "true",
            "URBANA_VAR_DIR": var_dir,
            "URBANA_ENV_FILE": os.devnull,
            "DJANGO_SETTINGS_MODULE": "urbana.settings",
        }
        steps = [(name, command, environment) for name, command in STEPS.items()]
        steps.append(("deployment checks", DEPLOY_STEP, environment | DEPLOYED))
        for name, command, variables in steps:
            started = time.monotonic()
            result = subprocess.run(
                command, cwd=BASE_DIR, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
            )
            verdict = "ok" if result.returncode == 0 else "FAILED"
            print(f"{name:<20}{verdict:<8}{time.monotonic() - started:5.1f} s", flush=True)
            if result.returncode:
                failed.append(name)
                print(result.stdout.decode(errors="replace"), flush=True)
    print(f"failed: {', '.join(failed)}" if failed else "all clean")
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
