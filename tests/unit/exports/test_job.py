"""A file from its order to its end: made by the worker, kept for a week, handed out by right."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from surveys.collection import audit, blob_sweep, blobs, jobs, rights, roles
from surveys.collection.models import AuditEvent, Blob, Form, Job, Role, Submission
from surveys.results.exports import job as export_job
from surveys.results.exports import requests
from surveys.results.exports.options import Format, OptionRefused, Options
from surveys.results.exports.reach import Reach, reach_of
from surveys.results.exports.source import Source
from surveys.results.models import Export
from tests.cast import make_user
from tests.export_world import EMPTY, ExportWorld, made_export, send

CSV = Options(Format.CSV)
ALL: None = None


def ask(world: ExportWorld, options: Options = CSV, *, is_confirmed: bool = False) -> Export:
    return requests.ask(world.cast.alice.actor, world.form, options, is_confirmed=is_confirmed)


def run(export: Export) -> Export:
    assert export.job is not None
    jobs.run(export.job)
    export.refresh_from_db()
    return export


def events(action: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action=action))


def test_the_worker_makes_the_file_and_keeps_it_for_a_week(world: ExportWorld) -> None:
    export = run(ask(world))
    assert export.job is not None
    export.job.refresh_from_db()
    assert (export.job.state, export.job.lane) == (Job.State.DONE, Job.Lane.LONG)
    assert (export.n_records, export.content_type) == (3, "application/zip")
    assert export.expires_at == (export.finished_at or timezone.now()) + timedelta(days=7)
    with requests.download(world.cast.alice.actor, export) as stream:
        assert stream.read(2) == b"PK"
    assert not any(Path(settings.ARTEFACT_ROOT).glob("export-*"))


def test_the_job_may_run_twice(world: ExportWorld) -> None:
    export = run(ask(world))
    assert run(export).blob_id is not None
    assert Export.objects.count() == 1


def test_the_same_order_twice_is_one_file(world: ExportWorld) -> None:
    assert ask(world).pk == ask(world).pk
    assert ask(world, Options(Format.XLSX)).pk != ask(world).pk


def test_too_many_unfinished_files_are_refused(world: ExportWorld) -> None:
    for day in range(requests.MOST_UNFINISHED):
        ask(world, Options.of({"format": "csv", "since": f"2026-01-0{day + 1}"}))
    with pytest.raises(requests.ExportRefused) as refusal:
        ask(world)
    assert refusal.value.code == 429.81


def test_personal_data_need_a_word_of_confirmation_and_are_written_down(
    world: ExportWorld,
) -> None:
    personal = Options(Format.CSV, personal=True)
    with pytest.raises(requests.ExportRefused) as refusal:
        ask(world, personal)
    assert refusal.value.code == 400.81
    export = ask(world, personal, is_confirmed=True)
    (event,) = events("export.personal")
    assert (event.actor_id, event.form_id) == (world.cast.alice.actor_id, world.form.pk)
    assert event.details == {"export": export.pk, "format": "csv", "personal": True}


def test_who_reviews_nothing_gets_neither_personal_data_nor_attachments(
    world: ExportWorld,
) -> None:
    analyst = make_user("ana", Role.ANALYST, world.cast.project)
    for options in (Options(Format.CSV, personal=True), Options(Format.CSV, attachments=True)):
        with pytest.raises(rights.Forbidden):
            requests.ask(analyst.actor, world.form, options, is_confirmed=True)
    source = Source(world.form, analyst.actor, CSV)
    names = {each.name for sheet in source.sheets for each in sheet.variables}
    assert "tuoi" in names
    assert not {"ten", "ghi_chu"} & names  # declared P2, and free text that nobody classed


def test_a_download_is_written_down(world: ExportWorld) -> None:
    export = run(ask(world))
    requests.download(world.cast.alice.actor, export).close()
    (event,) = events("export.download")
    assert event.details["export"] == export.pk


def test_the_filter_takes_days_of_viet_nam_and_review_states(world: ExportWorld) -> None:
    first, second, third = world.submissions
    noon = timezone.now().replace(hour=12)
    # half past midnight in Viet Nam is the evening before in UTC
    Submission.objects.filter(pk=first.pk).update(
        created_at=noon.replace(year=2026, month=9, day=9, hour=17, minute=30)
    )
    Submission.objects.filter(pk=second.pk).update(review_state="approved")
    actor = world.cast.alice.actor

    def chosen(**said: object) -> set[int]:
        source = Source(world.form, actor, Options.of({"format": "csv", **said}))
        return {each.pk for each in source.submissions}

    assert chosen(until="2026-09-10") == {first.pk}
    assert chosen(until="2026-09-09") == set()
    assert chosen(since="2026-09-11") == {second.pk, third.pk}
    assert chosen(reviews=["approved"]) == {second.pk}
    assert chosen(reviews=["none"]) == {first.pk, third.pk}
    assert chosen(reviews=["none", "approved"]) == {first.pk, second.pk, third.pk}


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"format": "pdf"},
        {"format": ["csv"]},
        {"format": "csv", "since": "hôm qua"},
        {"format": "csv", "since": "2026-09-10", "until": "2026-09-09"},
        {"format": "csv", "since": "0001-01-01"},
        {"format": "csv", "reviews": "approved"},
        {"format": "csv", "reviews": ["good"]},
        {"format": "csv", "personal": "yes"},
        {"format": "csv", "run": 2**70},
        {"format": "csv", "indicator": "x" * 41},
    ],
)
def test_an_order_that_makes_no_sense_is_refused(said: dict[str, object]) -> None:
    with pytest.raises(OptionRefused):
        Options.of(said)


def test_a_deleted_file_is_not_made_and_not_handed_out(world: ExportWorld) -> None:
    export = ask(world)
    requests.delete(world.cast.alice.actor, export)
    assert run(export).blob_id is None
    with pytest.raises(requests.ExportRefused):
        requests.find(world.cast.alice, export.pk)


def test_a_file_whose_time_is_over_is_gone_with_its_bytes(world: ExportWorld) -> None:
    export = run(ask(world))
    sha256 = str(export.blob_id)
    Export.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(requests.ExportRefused) as refusal:
        requests.find(world.cast.alice, export.pk)
    assert refusal.value.code == 404.81
    assert requests.exports_of(world.cast.alice, world.form) == []
    assert requests.expire() == 1
    blob_sweep.free_unused(young=timedelta(0))
    assert not blobs.path(sha256).exists()
    assert not Blob.objects.filter(pk=sha256).exists()


@pytest.mark.parametrize("action", ["submission.erase", "retention.done", "form.privacy"])
def test_a_file_made_before_answers_went_or_were_closed_is_handed_out_to_nobody(
    world: ExportWorld, action: str
) -> None:
    export = run(ask(world))
    audit.record(action, actor=None, form=world.form)
    with pytest.raises(requests.ExportRefused) as refusal:
        requests.find(world.cast.alice, export.pk)
    assert refusal.value.code == 404.81
    assert requests.exports_of(world.cast.alice, world.form) == []
    later = run(ask(world, Options(Format.PARQUET)))
    assert requests.find(world.cast.alice, later.pk)


def test_a_file_is_handed_out_to_who_reads_at_least_as_far(world: ExportWorld) -> None:
    project = world.cast.project
    near = make_user("near", Role.SUPERVISOR, project, communes=("16228",))
    far = make_user("far", Role.SUPERVISOR, project, communes=("16258",))
    wide = make_user("wide", Role.SUPERVISOR, project, communes=("16228", "16258"))
    analyst = make_user("ana", Role.ANALYST, project)
    export = made_export(world.form, near)
    for user in (near, wide, world.cast.alice, world.cast.admin):
        assert requests.find(user, export.pk).pk == export.pk
    for user in (far, analyst, world.cast.bob):
        with pytest.raises(rights.Forbidden):
            requests.find(user, export.pk)
        assert requests.exports_of(user, world.form) == []


def test_the_maker_loses_the_file_with_the_right(world: ExportWorld) -> None:
    near = make_user("near", Role.SUPERVISOR, world.cast.project)
    export = made_export(world.form, near)
    roles.withdraw_role(world.cast.admin.actor, near, Role.SUPERVISOR, project=world.cast.project)
    with pytest.raises(rights.Forbidden):
        requests.find(near, export.pk)


def test_the_rated_office_gets_no_file_of_a_form_that_rates_it(world: ExportWorld) -> None:
    Form.objects.update(rates_authority=True)
    world.form.refresh_from_db()
    rated = make_user("rated", Role.MANAGER, world.cast.project, rated_commune="16228")
    export = made_export(world.form, world.cast.alice)
    with pytest.raises(rights.Forbidden) as refusal:
        requests.find(rated, export.pk)
    assert refusal.value.code == 403.2
    with pytest.raises(rights.Forbidden):
        requests.ask(rated.actor, world.form, CSV)


def test_an_enumerator_gets_a_file_of_the_own_records_that_no_other_one_opens(
    world: ExportWorld,
) -> None:
    lan = make_user("lan", Role.ENUMERATOR, world.cast.project)
    mai = make_user("mai", Role.ENUMERATOR, world.cast.project)
    own = send(world.cast, world.form, "uuid:lan", EMPTY)
    Submission.objects.filter(pk=own.pk).update(submitter=lan.actor)
    assert [each.pk for each in Source(world.form, lan.actor, CSV).submissions] == [own.pk]
    export = made_export(world.form, lan)
    assert requests.find(lan, export.pk)
    with pytest.raises(rights.Forbidden):
        requests.find(mai, export.pk)


def test_a_reader_without_rights_any_more_gets_no_file_made(world: ExportWorld) -> None:
    near = make_user("near", Role.SUPERVISOR, world.cast.project)
    export = requests.ask(near.actor, world.form, CSV)
    near.roles.all().delete()
    assert export.job is not None
    with pytest.raises(jobs.JobRefused):
        export_job.execute(export.job, lambda *_: None)


def test_reach_is_compared_area_by_area() -> None:
    whole = Reach(ALL, ALL)
    some = Reach(frozenset({"1", "2"}), frozenset({"1"}))
    assert whole.covers(some)
    assert not some.covers(whole)
    assert some.covers(Reach(frozenset({"1"}), frozenset()))
    assert not some.covers(Reach(frozenset({"1"}), frozenset({"2"})))
    assert Reach.from_json(some.to_json()) == some


def test_reach_of_a_stranger_is_nothing(world: ExportWorld) -> None:
    assert not reach_of(world.cast.bob, world.form).reads_anything
