"""`manage.py reproject` makes from the stored bytes what stood there before."""

from tests.openrosa_phone import filled
from tests.openrosa_world import World

SPOIL = """
Record.objects.filter(submission__form__project_id=given["project"]).update(values={})
"""


def test_records_are_made_anew_from_the_bytes(world: World) -> None:
    phone, first = world.phone(), filled(answers="<ten>Lan</ten><nguoi><ho_ten>An</ho_ten></nguoi>")
    edit = filled(answers="<ten>Hoa</ten>", edit_of=first.instance_id)
    for each in (first, edit, filled()):
        assert phone.send(each.xml).status == 201
    before = world.stored()
    world.run(SPOIL)
    said = world.server.manage("reproject", "--project", str(world.project))
    assert "2 submissions made anew, 0 of them cannot be read" in said
    after = world.stored()
    assert after == before
    assert after[0]["records"][0][3]["ten"] == "Hoa"
