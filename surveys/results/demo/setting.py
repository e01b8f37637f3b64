"""Who and what the demonstration sets up before phones go out: people, projects, rounds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from surveys.collection import people, projects
from surveys.collection.models import Actor, AppUser, Project, Role, User
from surveys.collection.people import create_app_user, create_user
from surveys.fieldwork import rounds
from surveys.fieldwork.models import Round
from surveys.fieldwork.round_facts import RoundFacts
from surveys.results import estimating
from surveys.results.demo.places import COMMUNES, WIDER, Commune
from surveys.results.demo.sample import FRAME_DATE, RICH, USUAL, WIDE, SampleDesign
from surveys.results.demo.visits import VIETNAM

PASSWORD = "khaosat-demo-2026"  # noqa: S105 - printed at the end of the demonstration
DOMAIN = "demo.example"
ADMINISTRATOR = f"admin@{DOMAIN}"
RATED_COMMUNE = "16249"  # Mậu Lâm


@dataclass(frozen=True, slots=True)
class PlannedRound:
    """A demonstration round before it exists."""

    project: str
    name_vi: str
    name_en: str
    design: SampleDesign
    decision_number: str
    starts: datetime
    seed: int
    enumerators: int
    communes: tuple[Commune, ...] = COMMUNES
    recipe: Mapping[str, Any] = field(default_factory=dict)  # what differs from the defaults


PLANNED = (
    PlannedRound(
        project="Khảo sát Như Thanh 2026 (dữ liệu giả lập)",
        name_vi="Đợt đủ lớn: 16 thôn × 20 hộ mỗi xã (giả lập)",
        name_en="Full-size round: 16 villages × 20 households a commune (synthetic)",
        design=RICH,
        decision_number="01/GL-2026",
        starts=datetime(2026, 10, 5, 8, 0, tzinfo=VIETNAM),
        seed=20261005,
        enumerators=8,
        recipe={"targets": {"sat_users": 75.0, "equipped": 50.0}},
    ),
    PlannedRound(
        project="Khảo sát cỡ thường dùng 2026 (dữ liệu giả lập)",
        name_vi="Đợt cỡ thường dùng: 3 thôn × 32 hộ mỗi xã (giả lập)",
        name_en="Usual-size round: 3 villages × 32 households a commune (synthetic)",
        design=USUAL,
        decision_number="02/GL-2026",
        starts=datetime(2026, 10, 19, 8, 0, tzinfo=VIETNAM),
        seed=20261019,
        enumerators=4,
    ),
    PlannedRound(
        project="Khảo sát nhiều xã 2026 (dữ liệu giả lập)",
        name_vi="Đợt nhiều xã, mẫu nhỏ: 20 xã, mỗi xã 4 thôn × 9 hộ (giả lập)",
        name_en="Many communes, small samples: 20 × 4 villages × 9 households (synthetic)",
        design=WIDE,
        decision_number="03/GL-2026",
        starts=datetime(2026, 10, 26, 8, 0, tzinfo=VIETNAM),
        seed=20261026,
        enumerators=6,
        communes=WIDER,
        recipe={
            "small_area": "arcsine",
            "covariates": ["urban"],
            "lowest": 5,
            "targets": {"sat_users": 75.0, "equipped": 50.0},
        },
    ),
)


@dataclass(frozen=True, slots=True)
class Account:
    """A sign-in that the demonstration makes, with what it is there to show."""

    email: str
    who_vi: str
    who_en: str
    role: Role
    communes: tuple[str, ...] = ()
    rated_commune: str = ""


ACCOUNTS = (
    Account(f"quanly@{DOMAIN}", "quản lý khảo sát", "survey manager", Role.MANAGER),
    Account(f"giamsat@{DOMAIN}", "giám sát viên", "supervisor", Role.SUPERVISOR),
    Account(f"caicach@{DOMAIN}", "cán bộ cải cách", "reform staff", Role.ANALYST),
    Account(f"kehoach@{DOMAIN}", "người lập kế hoạch", "planner", Role.VIEWER),
    Account(
        f"canbo.maulam@{DOMAIN}",
        "cán bộ xã Mậu Lâm (bị đánh giá)",
        "officer of Mậu Lâm (a rated office)",
        Role.ANALYST,
        (RATED_COMMUNE,),
        RATED_COMMUNE,
    ),
)


def administrator() -> Actor:
    """The first account; everything else is made in its name."""
    people.create_administrator(ADMINISTRATOR, PASSWORD)
    return User.objects.select_related("actor").get(email=ADMINISTRATOR).actor


def project(actor: Actor, planned: PlannedRound) -> Project:
    return projects.create_project(
        actor, planned.project, "Dữ liệu giả lập để trình diễn. Synthetic data for demonstration."
    )


def accounts(actor: Actor) -> None:
    """One account a role, in every project."""
    for account in ACCOUNTS:
        create_user(
            actor,
            account.email,
            PASSWORD,
            account.who_vi,
            account.role,
            communes=account.communes,
            rated_commune=account.rated_commune,
        )


def make_round(actor: Actor, where: Project, planned: PlannedRound) -> Round:
    return rounds.create_round(
        actor,
        where,
        RoundFacts(
            name_vi=planned.name_vi,
            name_en=planned.name_en,
            sponsor="UBND tỉnh (giả lập)",
            decision_number=planned.decision_number,
            field_agency="Đơn vị điều tra độc lập (giả lập)",
            controller="Đơn vị điều tra độc lập (giả lập)",
            contact_line="0300 000 000",
            complaint_office="Ban Tiếp công dân tỉnh (giả lập)",
            centre_name="Trung tâm Phục vụ hành chính công (giả lập)",
            retention_date=date(2027, 12, 31),
            frame_date=FRAME_DATE,
            starts_on=planned.starts.date(),
            ends_on=date(2026, 11, 15),
            benchmark_definition="usual_resident",
            is_synthetic=True,
            seed=planned.seed,
        ),
    )


def choose(actor: Actor, made: Round, planned: PlannedRound) -> None:
    """How the round is estimated, by the same door as the page; after its sample is known."""
    if planned.recipe:
        estimating.choose(actor, made, planned.recipe)


def enumerators(actor: Actor, where: Project, planned: PlannedRound) -> list[AppUser]:
    return [
        create_app_user(actor, where, f"NV-{number:02d}")
        for number in range(1, planned.enumerators + 1)
    ]
