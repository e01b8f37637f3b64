"""A round with villages, households and enumerators on a running server, for the bench."""

from dataclasses import dataclass

from tests.bench.intake_form import ENTITY_FORM_ID, xform
from tests.openrosa_world import run_python
from tests.server import EMAIL, RunningServer

ENUMERATORS = 16
HOUSEHOLDS = 1600
LISTED_FORMS = 50

MAKE = """
import uuid
from datetime import date
from surveys.fieldwork.models import *
from surveys.territory.models import AdminUnit, Village
admin = User.objects.get(email=given["email"]).actor
project = projects.create_project(admin, "bench")
form = publishing.create_form(admin, project, given["form"].encode(), publish=True)
others = [publishing.create_form(admin, project, each.encode(), publish=True)
          for each in given["others"]]
text = dict.fromkeys(["sponsor", "decision_number", "field_agency", "controller", "contact_line"],
                     "bench")
day = date(2026, 11, 1)
round_ = Round.objects.create(project=project, name_vi="bench", name_en="bench", state="field",
    retention_date=date(2030, 1, 1), frame_date=day, starts_on=day, ends_on=date(2026, 12, 31),
    seed=1, **text)
RoundForm.objects.create(round=round_, kind="A", form=form)
old = date(2025, 7, 1)
province, _ = AdminUnit.objects.get_or_create(code="38", level="province", valid_from=old,
                                              defaults={"name": "Thanh Hóa", "type": "Tỉnh"})
unit, _ = AdminUnit.objects.get_or_create(code="16228", level="commune", valid_from=old,
    defaults={"name": "Như Thanh", "type": "Xã", "parent": province})
villages = [SampledVillage.objects.create(round=round_, psu=f"p{n}",
    village=Village.objects.create(id=f"bench-{n}", unit=unit, name=f"Thôn {n}", valid_from=old),
    stratum="1",
    urban_rural="rural", frame_date=day, mos_hh=100, pi_psu=0.1, stratum_psus_sampled=16,
    stratum_psus_total=160, selection_order=n, n_listed=100, n_selected=100)
    for n in range(given["enumerators"])]
users = [people.create_app_user(admin, project, f"NV {n}") for n in range(given["enumerators"])]
visit = publishing.create_form(admin, project, given["visit"].encode(), publish=True)
for user in users:
    people.assign_form(admin, form, user)
    people.assign_form(admin, visit, user)
for other in others:
    people.assign_form(admin, other, users[0])
homes = [SampledHousehold(round=round_, village=villages[n % len(villages)],
    name=str(uuid.UUID(int=n + 1)), hh_seq=n, pi_hh=0.1, kish_u=0.5, arm="A")
    for n in range(given["households"])]
SampledHousehold.objects.bulk_create(homes)
Assignment.objects.bulk_create(
    [Assignment(household=home, app_user=users[n % len(users)], round=round_)
     for n, home in enumerate(homes)])
print(json.dumps({"project": project.pk, "tokens": [user.token for user in users],
                  "households": [home.name for home in homes]}))
"""


@dataclass(frozen=True, slots=True)
class BenchWorld:
    project: int
    tokens: list[str]
    households: list[str]

    def path(self, number: int) -> str:
        """The server path of the enumerator whose turn it is."""
        return f"/v1/key/{self.tokens[number % len(self.tokens)]}/projects/{self.project}"


def make_world(server: RunningServer) -> BenchWorld:
    others = [xform(f"bench_{n:02}", f"Phiếu {n:02}").decode() for n in range(LISTED_FORMS - 2)]
    made = run_python(
        server,
        MAKE,
        email=EMAIL,
        form=xform().decode(),
        visit=xform(ENTITY_FORM_ID, "Phiếu có đối tượng").decode(),
        others=others,
        enumerators=ENUMERATORS,
        households=HOUSEHOLDS,
    )
    return BenchWorld(made["project"], made["tokens"], made["households"])
