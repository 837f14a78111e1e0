"""Runs the product: gunicorn and, beside it, the worker that makes the PDF forms. Both end together.

`.venv/bin/python -m script.serving PORT` is the last step of `script/server`; the browser tests and
`script/bench` use `Server` on a copy of the data.
"""

import ctypes
import http.client
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
SECONDS_TO_START = 30
SECONDS_TO_END = 10
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def copy_data(source: Path, target: Path) -> None:
    """A copy of the product's data: the database by SQLite's own backup (safe while it is used), and the files."""
    target.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(source / "db.sqlite3") as old, sqlite3.connect(target / "db.sqlite3") as new:
        old.backup(new)
    for folder in ("evidence", "forms", "static", "fonts"):
        if (source / folder).is_dir():
            shutil.copytree(source / folder, target / folder, dirs_exist_ok=True)


def _end_with_parent() -> None:
    """In a child: be told to end when the parent is gone, even if it was killed."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Server:
    """A running product; use as a context manager. `environment` is added to this process's own."""

    def __init__(
        self, port: int, environment: dict[str, str] | None = None, *, workers: int = 2, quiet: bool = False
    ) -> None:
        self.port = port
        self.environment = {**os.environ, **(environment or {})}
        self.workers, self.quiet = workers, quiet
        self.processes: list[subprocess.Popen[bytes]] = []

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"

    def __enter__(self) -> "Server":
        web = [sys.executable, "-m", "gunicorn", "pmj_standards.wsgi", "--bind", f"{HOST}:{self.port}", "--preload"]
        web += ["--workers", str(self.workers), "--worker-class", "gthread", "--threads", "4", "--keep-alive", "30"]
        web += ["--no-control-socket", "--timeout", "60", "--graceful-timeout", "5", "--log-level", "warning"]
        worker = [sys.executable, "manage.py", "db_worker", "--interval", "0.3", "--no-startup-delay", "--no-reload"]
        worker += ["--verbosity", "0"] if self.quiet else []
        try:
            self._start(web)
            self._wait_until_it_answers()
            self._start(worker)
        except BaseException:
            self.stop()
            raise
        return self

    def _start(self, command: list[str]) -> None:
        # In a session of its own: Ctrl+C reaches this process only, which then ends both in order.
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.environment,
            start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - one system call, no Python object is touched
        )
        self.processes.append(process)

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _wait_until_it_answers(self) -> None:
        until = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < until:
            if ended := self.ended():
                raise RuntimeError(f"{ended} ended before the product answered; its words stand above.")
            connection = http.client.HTTPConnection(HOST, self.port, timeout=SECONDS_TO_START)
            try:
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    return
            except OSError:
                pass
            finally:
                connection.close()
            time.sleep(0.05)
        raise RuntimeError(f"The product did not answer within {SECONDS_TO_START} seconds.")

    def ended(self) -> str:
        """The name of a process that ended, or nothing."""
        for name, process in zip(("The web server", "The worker"), self.processes, strict=False):
            if process.poll() is not None:
                return name
        return ""

    def stop(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
        until = time.monotonic() + SECONDS_TO_END
        for process in self.processes:
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


class _Ended(Exception):
    pass


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise _Ended


def accounts(data_dir: Path) -> str:
    """The demonstration accounts, as `seed_demo` printed them."""
    path = data_dir / "made" / "accounts.txt"
    return path.read_text(encoding="utf-8").rstrip() if path.exists() else ""


def main(port: int) -> int:
    from script.prepare import data_dir

    if not is_free(port):
        print(f"Port {port} of {HOST} is in use. Choose another one:  script/server {port + 1}", file=sys.stderr)
        return 1
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    try:
        with Server(port, {"BASE_URL": os.environ.get("BASE_URL", f"http://{HOST}:{port}")}) as server:
            print(f"{accounts(data_dir())}\n\n{server.address}   (Ctrl+C ends it)".lstrip(), flush=True)
            while not server.ended():
                time.sleep(0.5)
            print(f"{server.ended()} ended; ending the rest.", file=sys.stderr)
            return 1
    except _Ended:
        return 0
    except RuntimeError as problem:
        print(problem, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
