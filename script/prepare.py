"""Makes what the product serves from: `.venv/bin/python script/prepare.py STEP...`, skipping what is unchanged.

env       .env with a key of its own and DEMO=1, once
fonts     the web fonts, from the TTFs of the Python package fontpkg-sarabun
map       the shapes of the provinces, from the npm package @svg-maps/thailand
messages  the translations, compiled
static    static files, collected with their hashes in their names
database  tables, provinces and the standard
demo      demonstration data, once, while DEMO=1

Each step keeps the hash of its sources in DATA_DIR/made; a second run reads hashes only and starts no Django. What is
in the database the database says itself: one that was emptied, or put back from an older backup, is prepared again
(where DATABASE_URL names it, that step always runs).
"""

import hashlib
import io
import os
import secrets
import sqlite3
import sys
from collections.abc import Callable, Iterable
from contextlib import closing, redirect_stdout
from pathlib import Path

from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parent.parent
os.chdir(ROOT)
sys.path.insert(0, str(ROOT))

WEIGHTS = ("Regular", "SemiBold", "Bold")
# The pages use bootstrap.min.css and htmx 2; compressing what else comes with them would take half a minute.
UNUSED_STATIC = ("bootstrap-*", "*.rtl.*", "bootstrap.css*", "*.esm.*", "bootstrap*.js*", "htmx-4*", "htmax-*", "hx-*")


def value_of(name: str, default: str) -> str:
    """A setting as `pmj_standards.settings` will read it: the environment before `.env`."""
    return os.environ.get(name) or dotenv_values(ROOT / ".env").get(name) or default


def data_dir() -> Path:
    return Path(value_of("DATA_DIR", str(ROOT / "var")))


def hash_of(paths: Iterable[Path], *texts: str) -> str:
    found = hashlib.sha256("\0".join(texts).encode())
    for path in sorted(paths):
        if path.is_file():
            found.update(f"{path}\0".encode())
            found.update(path.read_bytes())
    return found.hexdigest()


def locks() -> list[Path]:
    return [ROOT / "requirements.lock", ROOT / "script/npm/package-lock.json"]


def catalogues() -> list[Path]:
    return list((ROOT / "pmj_standards/locale").glob("*/LC_MESSAGES/*.po"))


def database_sources() -> list[Path]:
    return [*ROOT.glob("*/migrations/*.py"), *ROOT.glob("fixtures/*.yaml"), ROOT / "requirements.lock"]


def asked(question: str) -> list[str]:
    """The first column of what the SQLite database answers; nothing where there is no such file or table."""
    path = data_dir().absolute() / "db.sqlite3"
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database:
            return [str(row[0]) for row in database.execute(question)]
    except sqlite3.DatabaseError:
        return []


def database_state() -> list[str]:
    """The migrations that the database has had, its provinces and the published editions of the standard."""
    return [
        *asked("SELECT app || '.' || name FROM django_migrations ORDER BY 1"),
        *asked("SELECT iso FROM assessments_province ORDER BY 1"),
        *asked("SELECT content_hash FROM indicators_edition WHERE published_at IS NOT NULL ORDER BY year"),
    ]


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def manage(*arguments: str) -> str:
    """Run a management command in this process; what it printed."""
    import django
    from django.apps import apps
    from django.core.management import call_command

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmj_standards.settings")
    if not apps.ready:
        django.setup()
    printed = io.StringIO()
    with redirect_stdout(printed):
        call_command(*arguments)
    return printed.getvalue()


# --- the steps ------------------------------------------------------------------------------------


def make_env() -> None:
    path = ROOT / ".env"
    if path.exists():
        return
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"SECRET_KEY={secrets.token_urlsafe(50)}\nDEMO=1\n")
    say("Wrote .env: a key of its own, and DEMO=1 (demonstration accounts, plain http).")


def make_fonts() -> None:
    import fontpkg_sarabun
    from fontTools.ttLib import TTFont

    say("Making the web fonts (10 seconds) ...")
    folder = data_dir() / "fonts"
    folder.mkdir(parents=True, exist_ok=True)
    for weight in WEIGHTS:
        name = f"Sarabun-{weight}"
        font = TTFont(Path(fontpkg_sarabun.__file__).parent / "files" / f"{name}.ttf")
        font.flavor = "woff2"
        font.save(folder / f"{name}.woff2")


def make_map() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmj_standards.settings")
    from assessments import shapes

    shapes.make()


def make_messages() -> None:
    say("Compiling the translations ...")
    manage("compilemessages", "--verbosity=0")


def make_static() -> None:
    say("Collecting the static files (10 seconds) ...")
    unused = [f"--ignore={pattern}" for pattern in UNUSED_STATIC]
    manage("collectstatic", "--noinput", "--clear", "--verbosity=0", *unused)


def make_database() -> None:
    say("Preparing the database and the standard (half a minute when it is new) ...")
    manage("migrate", "--noinput", "--verbosity=0")
    manage("loaddata", "provinces", "--verbosity=0")
    manage("load_standard", "--verbosity=0")


def make_demo() -> None:
    say("Making the demonstration data, once: 76 offices in three rounds (1 to 2 minutes) ...")
    manage("seed_demo")
    from django.conf import settings

    from assessments.demo import ACCOUNTS

    lines = [f"Demonstration accounts; the password of each is  {settings.DEMO_PASSWORD}"]
    lines += [f"  {account.email:<32}  {account.full_name}" for account in ACCOUNTS]
    (data_dir() / "made" / "accounts.txt").write_text("\n".join(lines), encoding="utf-8")


def step_hash(step: str) -> str:
    """What a step's result depends on."""
    match step:
        case "fonts":
            return hash_of([ROOT / "requirements.lock"])
        case "map":
            return hash_of([ROOT / "assessments/shapes.py", ROOT / "script/npm/package-lock.json"])
        case "messages":
            return hash_of(catalogues())
        case "static":
            return hash_of([*ROOT.glob("static/**/*"), *locks()], value_of("DEBUG", "0"))
        case "database":
            return hash_of(database_sources(), *database_state())
        case _:
            return "once"


def is_made(step: str) -> bool:
    stamp = data_dir() / "made" / step
    if step == "messages" and not all(path.with_suffix(".mo").exists() for path in catalogues()):
        return False
    if value_of("DATABASE_URL", ""):
        if step == "database":
            return False
    elif step == "demo" and not asked("SELECT id FROM assessments_round LIMIT 1"):
        return False
    return stamp.exists() and stamp.read_text() == step_hash(step)


STEPS: dict[str, Callable[[], None]] = {
    "fonts": make_fonts,
    "map": make_map,
    "messages": make_messages,
    "static": make_static,
    "database": make_database,
    "demo": make_demo,
}


def main(steps: list[str]) -> None:
    if "env" in steps:
        make_env()
    (data_dir() / "made").mkdir(parents=True, exist_ok=True)
    for step, make in STEPS.items():
        if step not in steps or is_made(step):
            continue
        if step == "demo" and value_of("DEMO", "0") != "1":
            continue
        make()
        (data_dir() / "made" / step).write_text(step_hash(step))


if __name__ == "__main__":
    main(sys.argv[1:])
