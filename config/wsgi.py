"""The WSGI application that the server's workers load."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from config.chunked import SpoolChunkedBodies
from config.orphans import end_with_server

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

end_with_server()
application = SpoolChunkedBodies(get_wsgi_application())

# What a worker has loaded by now stays for ever. Python would look through it again after every few
# hundred new objects, which is a twentieth of what a submission costs.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 20)
