"""What `/api` shows of a project, a round, a run and an estimate."""

from typing import Any, ClassVar, Final

from rest_framework import serializers

from surveys.collection.models import Project
from surveys.fieldwork.models import Round
from surveys.results.models import Artefact, Comparison, Estimate, Run
from surveys.results.reading.figures import CONFIDENTIAL, design_flags

# What says how large a figure is. An estimate that is not published shows none of them, to
# nobody: the reasons and the design counts say why (DESIGN rule 9).
WITHHELD: Final = (
    "estimate",
    "se",
    "lower",
    "upper",
    "low",
    "high",
    "numerator",
    "denominator",
    "deff",
    "df",
    "gamma",
)
# A confidential cell does not even tell how many answered.
COUNTS: Final = ("n", "n_eff", "n_psu")


class ProjectShape(serializers.ModelSerializer[Project]):
    class Meta:
        model = Project
        fields: ClassVar = ["id", "name", "description", "archived", "created_at"]


class RoundShape(serializers.ModelSerializer[Round]):
    class Meta:
        model = Round
        fields: ClassVar = [
            "id",
            "project",
            "name_vi",
            "name_en",
            "is_synthetic",
            "sponsor",
            "decision_number",
            "field_agency",
            "controller",
            "frame_date",
            "starts_on",
            "ends_on",
            "benchmark_definition",
            "recipe",
            "publication_rule",
            "state",
        ]


class ArtefactShape(serializers.ModelSerializer[Artefact]):
    class Meta:
        model = Artefact
        fields: ClassVar = ["kind", "name", "language", "content_type", "sha256", "size"]


class RunShape(serializers.ModelSerializer[Run]):
    artefacts = ArtefactShape(many=True, read_only=True)

    class Meta:
        model = Run
        fields: ClassVar = [
            "id",
            "round",
            "created_at",
            "finished_at",
            "published_at",
            "inputs_sha256",
            "code_version",
            "recipe",
            "artefacts",
        ]


class EstimateShape(serializers.ModelSerializer[Estimate]):
    """Shares in 0..1, indices in 0..100; what is not published carries no figure."""

    class Meta:
        model = Estimate
        exclude: ClassVar = ["id", "run"]

    def to_representation(self, instance: Estimate) -> dict[str, Any]:
        shown = super().to_representation(instance)
        if instance.publication == Estimate.Publication.NONE:
            shown.update(dict.fromkeys(WITHHELD))
            shown["flags"] = design_flags(instance.flags)
        if CONFIDENTIAL in instance.flags:
            shown.update(dict.fromkeys(COUNTS))
        return shown


class ComparisonShape(serializers.ModelSerializer[Comparison]):
    """In the unit of the indicator: shares in 0..1, indices in 0..100."""

    class Meta:
        model = Comparison
        exclude: ClassVar = ["id", "run"]
