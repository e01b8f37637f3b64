"""`manage.py worker`: the background worker (`serve` starts one by itself)."""

import argparse
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from config.worker import Worker, run_job


class Command(BaseCommand):
    help = "Take jobs (publishing, analysis) until SIGTERM."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--job", type=int, help=argparse.SUPPRESS)

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["job"] is not None:
            run_job(options["job"])
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        Worker(stop).serve()
