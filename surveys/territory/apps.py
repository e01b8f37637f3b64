"""The territory app: units and villages with their validity, boundaries, populations."""

from django.apps import AppConfig


class TerritoryConfig(AppConfig):
    name = "surveys.territory"
    label = "territory"
    verbose_name = "Địa bàn"
