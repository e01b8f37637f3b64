"""Where the figures of a run come from: what its weights were calibrated to, whose boundaries."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from surveys.results.models import Run
from surveys.results.reading.names import Names

NOT_RAKED: Final = Names(
    "không có; trọng số chưa hiệu chỉnh theo giới và tuổi",
    "none; weights are not calibrated to sex and age",
)
BENCHMARKS: Final[Mapping[str, Names]] = {
    "usual_resident": Names("người ở thường xuyên", "usual residents"),
    "registered": Names(
        "dân đăng ký, khác cách đếm của danh sách hộ (người ở thường xuyên)",
        "registered residents, unlike the household list (usual residents)",
    ),
    "mixed": Names(
        "nhiều cách đếm khác nhau, không khớp danh sách hộ (người ở thường xuyên)",
        "several definitions, unlike the household list (usual residents)",
    ),
}


def benchmark(run: Run) -> Names:
    """What the weights were calibrated to; the list of households counts usual residents."""
    if not run.report.get("is_raked"):
        return NOT_RAKED
    return BENCHMARKS.get(run.report.get("benchmark_definition", ""), BENCHMARKS["mixed"])


def boundaries(run: Run) -> str:
    """Since when the communes of the run have had their territory; empty if it is not known."""
    days = sorted({each["valid_from"] for each in run.report.get("areas", [])})
    return ", ".join(f"{date.fromisoformat(day):%d/%m/%Y}" for day in days)
