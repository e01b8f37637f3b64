"""From an empty server to published figures: what is done, and what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from surveys.collection.models import AppUser, Project, Submission
from surveys.fieldwork.models import Assignment, Benchmark, Round
from surveys.results.models import Run


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do; `address` is the page where it is done."""

    text: str
    is_done: bool
    address: str = ""
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Steps:
    steps: tuple[Step, ...]

    @property
    def following(self) -> Step | None:
        """The first step that has to be done and is not."""
        waiting = (step for step in self.steps if not step.is_done and not step.is_optional)
        return next(waiting, None)


def first_steps(projects: Sequence[Project]) -> Steps:
    """For somebody who may make projects and has no round yet."""
    where = reverse("new_round", args=[projects[0].pk]) if projects else ""
    return Steps(
        (
            Step(gettext("Tạo dự án"), bool(projects), reverse("new_project")),
            Step(gettext("Tạo đợt khảo sát"), is_done=False, address=where),
            Step(gettext("Nhập danh sách thôn và hộ mẫu"), is_done=False),
            Step(gettext("Phát hành biểu mẫu cho đợt"), is_done=False),
            Step(gettext("Tạo mã QR cho điện thoại của điều tra viên"), is_done=False),
            Step(gettext("Nhận phiếu, rồi tính trọng số và chỉ số"), is_done=False),
        )
    )


def round_steps(found: Round) -> Steps:
    """For the manager of a round; one small question to the database a step."""
    page, people = reverse("round", args=[found.pk]), reverse("people", args=[found.project_id])
    finished = Run.objects.filter(round=found, finished_at__isnull=False)
    has_villages, has_households = found.villages.exists(), found.households.exists()
    missing = "households" if has_villages else "villages"
    sample = reverse("round_import", args=[found.pk, missing])
    benchmarks = reverse("round_import", args=[found.pk, "benchmarks"])
    sent = Submission.objects.filter(form__round_form__round=found, is_draft=False, deleted_at=None)
    phones = AppUser.objects.filter(project=found.project_id, token__isnull=False)
    given = Assignment.objects.filter(household__round=found)
    return Steps(
        (
            Step(gettext("Nhập danh sách thôn và hộ mẫu"), has_villages and has_households, sample),
            Step(
                gettext("Nhập dân số đối chiếu"),
                Benchmark.objects.filter(round=found).exists(),
                benchmarks,
                is_optional=True,
            ),
            Step(
                gettext("Phát hành biểu mẫu cho đợt"),
                found.forms.filter(form__current__isnull=False).exists(),
                reverse("round_forms", args=[found.pk]),
            ),
            Step(gettext("Tạo mã QR cho điện thoại của điều tra viên"), phones.exists(), people),
            Step(
                gettext("Giao hộ cho điều tra viên"),
                given.exists(),
                reverse("assigning", args=[found.pk]),
                is_optional=True,
            ),
            Step(
                gettext("Nhận những phiếu đầu tiên"),
                sent.exists(),
                reverse("fieldwork", args=[found.pk]),
            ),
            Step(gettext("Tính trọng số và chỉ số"), finished.exists(), page),
            Step(
                gettext("Công bố kết quả"),
                finished.filter(published_at__isnull=False).exists(),
                page,
            ),
        )
    )
