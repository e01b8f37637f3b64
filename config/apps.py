from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Holds the commands that start things: setup, serve, worker, demo."""

    name = "config"
