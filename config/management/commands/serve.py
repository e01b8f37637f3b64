"""`manage.py serve`: the server for phones, pages and APIs, with its background worker."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from config import server


class Command(BaseCommand):
    help = "Serve until SIGTERM. --lan lets phones on the same Wi-Fi in."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--port", type=server.port_number, default=8000)
        parser.add_argument("--lan", action="store_true", help="listen on the local network too")

    def handle(self, *_args: Any, **options: Any) -> None:
        check_database()
        try:
            where = server.address(options["port"], lan=options["lan"])
            server.require_free(where)
        except server.NoNetworkError as error:
            raise CommandError(
                "--lan: this machine is in no network. Join the phones' Wi-Fi and try again."
            ) from error
        except server.PortTakenError as error:
            raise CommandError(
                f"Port {options['port']} is taken by another program. Choose another with --port."
            ) from error
        self.stdout.write(f"khaosat on {where.public_url} (stop with Ctrl+C)")
        self.stdout.flush()
        connection.close()
        server.serve(where)


def check_database() -> None:
    """Refuse to serve tables that this code does not know."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        raise CommandError(f"The database does not answer: {error}") from error
    if missing:
        raise CommandError(
            "The database is not prepared for this version. Run: manage.py setup --email … "
            "--password … (data are kept)"
        )
