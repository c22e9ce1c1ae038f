"""Makes `.venv/` with everything in requirements*.txt, once, and then runs the given command in it.

Used as `python3 apps/common/bootstrap.py <module> [arguments]`. It runs on the system's Python, so it imports
nothing of ours and keeps to the syntax of old versions: a Python that is too old must be able to say so.
"""

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys

BASE_DIR = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VENV = os.path.join(BASE_DIR, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
OLDEST, NEWEST = (3, 11), (3, 14)
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt")


def fail(sentence):  # type: (str) -> None
    """End with one sentence that names the way out."""
    sys.exit("urbana: " + sentence)


def say(sentence):  # type: (str) -> None
    """Tell what is being done."""
    sys.stdout.write("urbana: " + sentence + "\n")
    sys.stdout.flush()


def require_platform():  # type: () -> None
    """Stop on a Python or a system that cannot run the product; a newer Python on PATH takes over by itself."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        for minor in range(OLDEST[1], NEWEST[1] + 1):
            candidate = shutil.which("python3.%d" % minor)
            if candidate and subprocess.call([candidate, "-c", ""], stderr=subprocess.DEVNULL) == 0:
                os.execv(candidate, [candidate, *sys.argv])
        fail(
            "Python %d.%d to %d.%d is needed, and this is %s: install one, or name it with `PYTHON=/path/to/python3.11 make run`."
            % (OLDEST + NEWEST + (platform.python_version(),))
        )
    if sys.platform != "linux":
        fail("Only Linux is supported, and this is %s: use docker-compose.yml or a Linux machine." % platform.system())


def requirements_hash():  # type: () -> str
    """Give what identifies the wanted packages and the Python they are for."""
    digest = hashlib.sha256(sys.version.encode())
    for name in REQUIREMENTS:
        with open(os.path.join(BASE_DIR, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def make_environment():  # type: () -> None
    """Create the virtual environment. Debian's python3 may come without the module that does it."""
    say("creating .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    if subprocess.call([sys.executable, "-m", "venv", VENV], stdout=subprocess.DEVNULL) == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if (
        subprocess.call(
            [sys.executable, "-m", "virtualenv", VENV], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        != 0
    ):
        fail(
            "This Python cannot create a virtual environment: install its venv module (on Debian: `apt install python3-venv`)."
        )


def install():  # type: () -> None
    """Bring `.venv/` up to date with the requirements; instant when it already is."""
    stamp = os.path.join(VENV, "requirements.sha256")
    wanted = requirements_hash()
    with open(os.path.join(BASE_DIR, "requirements.txt")) as lock:
        # Two commands on a fresh clone take turns instead of installing over each other.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.exists(stamp) and os.path.exists(PYTHON):
            with open(stamp) as file:
                if file.read() == wanted:
                    return
        if not os.path.exists(PYTHON) or not os.path.exists(os.path.join(VENV, "bin", "pip")):
            make_environment()
        say("installing the packages of " + " and ".join(REQUIREMENTS) + " (a minute or two, once)")
        # The files pin every package there is, so nothing has to be resolved; what is used is compiled when it is.
        command = [
            PYTHON,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--no-compile",
            "--disable-pip-version-check",
        ]
        if subprocess.call(command + ["-r", os.path.join(BASE_DIR, REQUIREMENTS[1])]) != 0:
            fail(
                "The packages could not be installed: the reason is printed above; check the network and run the command again."
            )
        with open(stamp, "w") as file:
            file.write(wanted)


if __name__ == "__main__":
    require_platform()
    install()
    if sys.argv[1:]:
        os.chdir(BASE_DIR)
        os.execv(PYTHON, [PYTHON, "-m", *sys.argv[1:]])
