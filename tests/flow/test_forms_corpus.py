"""Forms that nobody here wrote: published, filled by JavaRosa, sent, read back four ways.

`FORMS_CORPUS` names a folder with workbooks and XForms to try besides our own form. Of each file
either every value comes back as the engine wrote it, or its publication was refused with the sheet,
the row and what to do.
"""

import os
import time
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from django.test import RequestFactory

from api.openrosa.submission import submission
from forms.compile import CompiledForm, compile_form
from forms.form_errors import FormRefused
from surveys.collection import people, publishing, publishing_files
from surveys.collection.models import Attachment, Form, Submission
from tests import javarosa
from tests.cast import Cast, make_cast
from tests.export_world import SURVEY
from tests.flow.corpus_media import media_of
from tests.flow.corpus_readings import Read, Ways
from tests.flow.corpus_truth import Truth, truth_of, typed
from tests.openrosa_phone import MULTIPART, body_of
from tests.unit.forms.workbooks import workbook

FILLS = 5
TRIES = 6
ENOUGH_SECONDS = 45  # a form of thousands of choices takes as long for a handful
FOLDER = os.environ.get("FORMS_CORPUS", "")
OTHERS = sorted(Path(FOLDER).glob("[!.]*.x*")) if FOLDER else []
WAYS = ("csv", "odata", "workbook", "parquet")


@cache
def compiled(file: Path | None) -> CompiledForm | FormRefused:
    try:
        if file is None:
            return compile_form(workbook(SURVEY), "ho_so.xlsx")
        return compile_form(file.read_bytes(), file.name)
    except FormRefused as refusal:
        return refusal


@pytest.fixture
def cast(db: None) -> Cast:
    del db
    return make_cast()


def publish(cast: Cast, form: CompiledForm, media: dict[str, bytes]) -> Form:
    actor = cast.admin.actor
    made = publishing.create_form(actor, cast.project, form.xform)
    for name, content in media.items():
        publishing_files.attach_to_draft(actor, made, name, BytesIO(content))
    if form.itemsets is not None:
        publishing_files.attach_to_draft(actor, made, "itemsets.csv", BytesIO(form.itemsets))
    publishing.publish_draft(actor, made)
    return Form.objects.select_related("project", "current").get(pk=made.pk)


def fills(xform: bytes, media: dict[str, bytes]) -> list[javarosa.Filled]:
    """Five that the engine can finish, out of as many as it takes: answers are at random."""
    done: list[javarosa.Filled] = []
    begun = time.monotonic()
    for seed in range(TRIES):
        filled = javarosa.fill_cases(xform, media, FILLS, seed=seed)
        done += [each for each in filled if not each.blocked]
        if len(done) >= FILLS or time.monotonic() - begun > ENOUGH_SECONDS:
            break
    return done[:FILLS]


def send(cast: Cast, form: Form, filled: list[javarosa.Filled]) -> dict[str, bytes]:
    """As a phone sends them; the instances by their ids."""
    phone = people.create_app_user(cast.admin.actor, cast.project, "Lan")
    people.assign_form(cast.admin.actor, form, phone)
    for each in filled:
        body = body_of(each.xml, dict(each.files))
        request = RequestFactory().generic("POST", "/", body, content_type=MULTIPART)
        answer = submission(request, cast.project.pk, phone.token)
        assert answer.status_code == 201, answer.content.decode()
    stored = Submission.objects.filter(form=form)
    assert {each.state for each in stored} == {Submission.State.DERIVED}
    versions = (each.versions.get() for each in stored)
    return {each.instance_id: bytes(each.xml) for each in versions}


def differences(truth: Truth, read: Read) -> list[str]:
    found = []
    for (record, table, number), row in truth.answers.items():
        for path, lexical in row.items():
            expected = typed(truth.types.get((*table, *path), "string"), lexical)
            got = read.get((record, table, number), {}).get(path)
            if expected != got:
                place = "/".join((*table, f"[{number}]", *path))
                found.append(f"{place}: {expected!r} became {got!r}")
    rows = {place for place in read if any(read[place].values())}
    found += [f"row {place} was not written" for place in rows - set(truth.answers)]
    return found


def round_trip(cast: Cast, file: Path | None, folder: Path) -> None:
    form = compiled(file)
    if isinstance(form, FormRefused):
        for error in form.errors:
            assert error.remedy_vi, error
            assert error.remedy_en, error
        assert any(error.sheet for error in form.errors), form.errors
        return
    media = media_of(form.xform, form.media_names)
    made = publish(cast, form, media)
    assert made.current is not None
    xform = bytes(made.current.xform)
    sent = fills(xform, media)
    if not sent:
        pytest.skip("the engine finishes none with made-up lists")
    truth = truth_of(xform, send(cast, made, sent))
    names = {name for each in sent for name in each.files}
    there = Attachment.objects.filter(version__form=made, blob__isnull=False)
    assert set(there.values_list("name", flat=True)) >= names
    ways = Ways(made, cast.admin, truth, folder)
    wrong = {way: differences(truth, getattr(ways, way)()) for way in WAYS}
    assert wrong == {way: [] for way in WAYS}


@pytest.mark.java
def test_every_kind_of_question_comes_back_as_the_engine_wrote_it(
    cast: Cast, tmp_path: Path
) -> None:
    round_trip(cast, None, tmp_path)


@pytest.mark.java
@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("file", OTHERS or [None], ids=lambda file: file.name if file else "own")
def test_a_form_of_the_corpus_comes_back_as_the_engine_wrote_it(
    cast: Cast, tmp_path: Path, file: Path | None
) -> None:
    round_trip(cast, file, tmp_path)
