"""The product's settings as the tests run them: production's, with a key and a folder of their own."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# Each test process (pytest-xdist) has a folder of its own, or counts of failed attempts would add up; the commands
# that a test starts share the folder of their test.
_process = os.environ.get("PYTEST_XDIST_WORKER", "alone")
if os.environ.get("TEST_DATA_DIR_OF") != _process:
    os.environ["TEST_DATA_DIR_OF"] = _process
    os.environ["TEST_DATA_DIR"] = tempfile.mkdtemp(prefix="pmj-tests-")
    atexit.register(shutil.rmtree, os.environ["TEST_DATA_DIR"], ignore_errors=True)

os.environ.update(
    {
        "SECRET_KEY": "a key that signs nothing outside the tests, and is long and varied enough 0123456789",
        "ALLOWED_HOSTS": "testserver,127.0.0.1,localhost",
        "BASE_URL": "http://testserver",
        "DATA_DIR": os.environ["TEST_DATA_DIR"],
        "DEBUG": "0",
        "DEMO": "0",
        "SECURE_SSL_REDIRECT": "0",
        "REQUIRE_SECOND_FACTOR": "0",
        "EMAIL_URL": "",
    }
)
os.environ.pop("DATABASE_URL", None) if "TEST_DATABASE_URL" not in os.environ else os.environ.update(
    DATABASE_URL=os.environ["TEST_DATABASE_URL"]
)

from pmj_standards.settings import *  # noqa: E402, F403

# A real hash, made fast: the tests check who may come in, not how slow a guess is.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
Path(STATIC_ROOT).mkdir(exist_ok=True)  # noqa: F405 - whitenoise warns when it is missing
