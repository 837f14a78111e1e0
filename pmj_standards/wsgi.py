"""The WSGI application that gunicorn serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmj_standards.settings")

application = get_wsgi_application()

# What is loaded by now stays for good: looking through all of it again and again would hold up one request in a
# hundred by a tenth of a second, and make each worker copy the memory that it shares with the others.
gc.collect()
gc.freeze()
