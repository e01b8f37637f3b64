"""The demonstration from an empty home to pages: each step told as it goes."""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import TextIO

from django.conf import settings
from django.db import connection

from surveys.collection import jobs, public_links
from surveys.collection.models import Actor, AppUser, Form, Job, Project
from surveys.collection.people import assign_form
from surveys.fieldwork import assignments, decisions, rounds_job, sample_import
from surveys.fieldwork.case_rule import Ruling
from surveys.fieldwork.models import CaseOutcome, Round, SampledVillage
from surveys.results import runs
from surveys.results.demo import population, sample, setting, slips
from surveys.results.demo.crew import Crew, Homes
from surveys.results.demo.phone import Phone
from surveys.results.demo.sample import Sample
from surveys.results.demo.setting import PlannedRound
from surveys.results.demo.truth import Key, kinds, table, truths
from surveys.results.models import Run
from surveys.territory.boundaries import geometry_for

WORLD_SEED = 2026
FIELD_DAYS = 4
LEFT_FOR_THE_SUPERVISOR = 5
START_SECONDS = 60
JOB_SECONDS = 600
CITIZENS = (
    ("exit_slip", "Quầy trả kết quả", slips.send_slips),
    ("petition", "Bảng tin của xã", slips.send_petitions),
)


class Story:
    """Numbered steps, with progress within a step where the output is a terminal."""

    def __init__(self, out: TextIO, steps: int) -> None:
        self.out, self.steps, self.number = out, steps, 0
        self.begun = time.monotonic()
        self._told = 0.0

    def step(self, text: str) -> None:
        self.number += 1
        self._write(f"[{self.number}/{self.steps}] {text}\n")

    def tell(self, text: str) -> None:
        self._write(f"      {text}\n")

    def progress(self, text: str) -> None:
        """At most twice a second; a log file gets a line every ten seconds."""
        pause = 0.5 if self.out.isatty() else 10.0
        if time.monotonic() - self._told >= pause:
            self._told = time.monotonic()
            self._write(f"\r      {text}   " if self.out.isatty() else f"      {text}\n")

    def _write(self, text: str) -> None:
        self.out.write(text)
        self.out.flush()


@dataclass(frozen=True, slots=True)
class Made:
    """A demonstration round as it stands in the database, with its sample of the world."""

    planned: PlannedRound
    project: Project
    round: Round
    sample: Sample
    phones: list[AppUser]


def build(story: Story, port: int) -> list[Run]:
    """Everything up to finished runs; the server runs meanwhile and is stopped at the end."""
    story.step("Synthetic worlds: six communes of old Như Thanh, and twenty around")
    worlds = {
        planned.communes: population.build(WORLD_SEED, planned.communes)
        for planned in setting.PLANNED
    }
    for world in worlds.values():
        story.tell(
            f"{len(world.villages)} villages, {len(world.households):,} households, "
            f"{len(world.persons):,} persons; nobody is real"
        )
    story.step("People, projects and rounds; samples imported from CSV and checked")
    actor = setting.administrator()
    setting.accounts(actor)
    made = [
        _prepare(story, actor, worlds[planned.communes], planned) for planned in setting.PLANNED
    ]
    with _server(port) as base:
        story.step("Four forms published for each round (XLSForm → XForm, by the worker)")
        for each in made:
            _publish(story, actor, each)
        story.step("Field work: phones fetch forms and lists, visit, and send over HTTP")
        for each in made:
            _field_work(story, worlds[each.planned.communes], each, base)
        story.step("Slips and petitions from citizens' own phones")
        for each in made:
            _citizens(story, actor, each, base)
        story.step("The supervisor confirms refusals and vacant houses")
        for each in made:
            _supervise(story, actor, each)
        story.step("Weights, estimates, map and reports (by the worker)")
        finished = [_analyse(story, actor, each) for each in made]
    story.step("Estimates beside the truth of the synthetic world")
    known = {communes: truths(world) for communes, world in worlds.items()}
    for each, run in zip(made, finished, strict=True):
        _compare(story, each, run, known[each.planned.communes])
    return finished


def _prepare(story: Story, actor: Actor, world: population.World, planned: PlannedRound) -> Made:
    where = setting.project(actor, planned)
    round_ = setting.make_round(actor, where, planned)
    drawn = sample.draw(world, planned.design, planned.seed)
    sample_import.import_villages(actor, round_, sample.villages_csv(drawn))
    sample_import.import_households(actor, round_, sample.households_csv(drawn))
    marks = sample.benchmarks_csv(world, planned.design)
    sample_import.import_benchmarks(actor, round_, marks)
    setting.choose(actor, round_, planned)
    phones = setting.enumerators(actor, where, planned)
    psus = list(SampledVillage.objects.filter(round=round_).order_by("psu").values_list("psu"))
    for number, phone in enumerate(phones):
        mine = [psu for (psu,) in psus[number :: len(phones)]]
        assignments.assign_villages(actor, round_, mine, phone)
    story.tell(
        f"{round_.name_en}: {len(drawn.villages)} villages, {len(drawn.households)} households, "
        f"{len(phones)} enumerators"
    )
    return Made(planned, where, round_, drawn, phones)


def _publish(story: Story, actor: Actor, made: Made) -> None:
    _wait(story, rounds_job.start(actor, made.round))
    forms = {form.xml_form_id: form for form in Form.objects.filter(project=made.project)}
    for phone in made.phones:
        for name in ("hh_digital", "citizen_sat"):
            assign_form(actor, forms[name], phone)
    story.tell(f"{made.round.name_en}: {', '.join(sorted(forms))}")


def _field_work(story: Story, world: population.World, made: Made, base: str) -> None:
    devices = [Phone(_server_url(base, phone), phone.actor.display_name) for phone in made.phones]
    crew = Crew(Homes(world, made.sample), devices, made.planned.starts, made.planned.seed)
    for number in range(FIELD_DAYS):
        begun = time.monotonic()
        sent = crew.work_a_day(number, lambda total: story.progress(f"{total} forms sent"))
        pace = sent / max(time.monotonic() - begun, 0.001)
        story.tell(f"visit {number + 1}: {sent} forms stored ({pace:.0f} a second)")
    crew.close()
    story.tell(f"the last enumerator reads: “{crew.last_message}”")


def _citizens(story: Story, actor: Actor, made: Made, base: str) -> None:
    """By the QR codes that hang at the desk and on the board."""
    sent = {}
    for form_id, place, send in CITIZENS:
        form = Form.objects.get(project=made.project, xml_form_id=form_id, deleted_at=None)
        link = public_links.create(actor, form, place)
        device = Phone(f"{base}/v1/key/{link.token}/projects/{made.project.pk}", "")
        device.sync()
        sent[form_id] = send(device, made.planned)
        device.close()
    story.tell(f"{made.round.name_en}: {sent['exit_slip']} slips, {sent['petition']} petitions")


def _supervise(story: Story, actor: Actor, made: Made) -> None:
    waiting = CaseOutcome.objects.filter(
        round=made.round, status=CaseOutcome.Status.REVIEW, conflicts=[]
    ).order_by("pk")
    confirmed = waiting[LEFT_FOR_THE_SUPERVISOR:]
    for outcome in confirmed:
        decisions.decide(actor, outcome, Ruling.CONFIRMED, note="Trình diễn")
    story.tell(f"{made.round.name_en}: {len(confirmed)} confirmed, a few left to look at")


def _analyse(story: Story, actor: Actor, made: Made) -> Run:
    run = runs.start(actor, made.round)
    assert run.job is not None, "a run that was just started has a job"
    _wait(story, run.job)
    run.refresh_from_db()
    runs.publish(actor, run)
    seconds = (run.finished_at - run.created_at).total_seconds() if run.finished_at else 0.0
    kind = "schematic tiles" if not _has_boundaries(made) else "imported boundaries"
    story.tell(f"{made.round.name_en}: {run.estimates.count()} figures in {seconds:.0f} s; {kind}")
    return run


def _has_boundaries(made: Made) -> bool:
    return geometry_for(sorted(set(made.sample.villages["commune_code"]))) is not None


def _compare(story: Story, made: Made, run: Run, known: Mapping[Key, float]) -> None:
    story.tell("")
    story.tell(made.round.name_en)
    story.tell(f"{'indicator':<18}{'truth':>8}{'estimate':>10}   {'95 % interval':<17}{'n':>6}")
    lines = table(run, known)
    for line in lines:
        scale = 100.0 if abs(line.truth) <= 1 else 1.0
        interval = "–"
        if line.lower is not None and line.upper is not None:
            interval = f"{scale * line.lower:5.1f} – {scale * line.upper:5.1f}"
        mark = "" if line.is_covered else "  outside"
        story.tell(
            f"{line.indicator:<18}{scale * line.truth:>8.1f}{scale * line.estimate:>10.1f}   "
            f"{interval:<17}{line.n:>6}{mark}"
        )
    covered = sum(line.is_covered for line in lines)
    story.tell(f"{covered} of {len(lines)} intervals hold the truth (about 95 % are meant to)")
    for kind in kinds(run, known):
        story.tell(
            f"{kind.indicator:<18}{kind.method:<9}{kind.communes:>3} communes, "
            f"{kind.covered} intervals hold the truth, mean error {kind.error:.1f} points"
        )


def _server_url(base: str, phone: AppUser) -> str:
    return f"{base}/v1/key/{phone.token}/projects/{phone.project_id}"


def _wait(story: Story, job: Job) -> None:
    """Follow a job to its end."""
    deadline = time.monotonic() + JOB_SECONDS
    while job.state not in {Job.State.DONE, Job.State.FAILED}:
        jobs.wait(job, 0.5)
        if job.step_en:
            story.progress(f"{job.progress:4.0%} {job.step_en}")
        if time.monotonic() > deadline:
            raise DemonstrationError(f"{job.kind} did not end within {JOB_SECONDS} s")
    if job.state == Job.State.FAILED:
        said = "; ".join(str(error.get("en")) for error in job.errors)
        raise DemonstrationError(f"{job.kind}: {said}")


class DemonstrationError(Exception):
    """A step of the demonstration failed."""


@contextmanager
def _server(port: int) -> Iterator[str]:
    """The real server in processes of its own, until the chain has run."""
    connection.close()
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "serve", "--port", str(port)]
    log = settings.HOME / "demo-server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
        try:
            _until_it_answers(process, port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


def _until_it_answers(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        probe = HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            probe.request("GET", "/healthz")
            if probe.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            probe.close()
    raise DemonstrationError(f"the server did not start; see {settings.HOME}/demo-server.log")
