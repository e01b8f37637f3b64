"""The WSGI application that the server's workers load."""

import os

from django.core.wsgi import get_wsgi_application

from config.chunked import SpoolChunkedBodies
from config.orphans import end_with_server

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

end_with_server()
application = SpoolChunkedBodies(get_wsgi_application())
