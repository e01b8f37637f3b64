"""Run with a server's environment: puts a published round with one enumerator into its database.

Prints {"key": token, "project": id, "round": id} as its last line.
"""

import json
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from surveys.collection.models import Form, User  # noqa: E402 - Django has to be set up first
from surveys.collection.people import assign_form, create_app_user  # noqa: E402
from surveys.fieldwork import rounds_job, sample_import  # noqa: E402
from surveys.results.demo import population, sample, setting  # noqa: E402


def main() -> None:
    planned = setting.PLANNED[1]
    actor = User.objects.select_related("actor").get().actor
    project = setting.project(actor, planned)
    round_ = setting.make_round(actor, project, planned)
    world = population.build(1)
    drawn = sample.draw(world, planned.design, planned.seed)
    sample_import.import_villages(actor, round_, sample.villages_csv(drawn))
    sample_import.import_households(actor, round_, sample.households_csv(drawn))
    rounds_job.publish(actor, round_, ("A", "B"), lambda *_: None)
    phone = create_app_user(actor, project, "NV-01")
    for form in Form.objects.filter(project=project):
        assign_form(actor, form, phone)
    print(json.dumps({"key": phone.token, "project": project.pk, "round": round_.pk}))


main()
