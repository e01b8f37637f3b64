"""Survey rounds: made, given their forms, brought to an end."""

import secrets
from dataclasses import asdict, dataclass
from typing import Final

from django.db import IntegrityError, transaction

from forms.placeholders import UnfilledPlaceholders, fill, with_version
from surveys.collection import audit, publishing, publishing_files, rights
from surveys.collection.blank_forms import GENERATED_LIST
from surveys.collection.models import Actor, Form, FormVersion, Project
from surveys.collection.rights import Right
from surveys.fieldwork import outcomes, round_lists
from surveys.fieldwork.models import Round, RoundForm, SampledHousehold
from surveys.fieldwork.round_facts import RoundFacts, RoundRefused, check_facts

__all__ = [
    "RoundFacts",
    "RoundRefused",
    "create_round",
    "lock",
    "placeholder_values",
    "publish_round_form",
]

HOUSEHOLD_LIST: Final = GENERATED_LIST
RATES_AUTHORITY: Final = frozenset({"B", "C1", "C2"})
# Call names that help the interviewer; the form drops them, and so does the server.
NEVER_STORED: Final = {"A": ("m_call", "p_call")}


@dataclass(frozen=True, slots=True)
class _Source:
    """What a version of a form is made of."""

    xform: bytes
    workbook: bytes | None
    workbook_name: str


def create_round(actor: Actor, project: Project, facts: RoundFacts) -> Round:
    """Make a round.

    Raises
    ------
    RoundRefused : 400.32 naming everything that is missing or cannot be, 409.9 the name is taken.
    """
    rights.require(actor, Right.MANAGE_ROUNDS, project)
    check_facts(facts)
    values = asdict(facts)
    if values["seed"] is None:
        values["seed"] = secrets.randbelow(2**53)
    texts = {key: value.strip() for key, value in values.items() if isinstance(value, str)}
    try:
        with transaction.atomic():
            made = Round.objects.create(project=project, **(values | texts))
            audit.record("round.create", actor=actor, project=project, round=made.pk)
    except IntegrityError as error:
        raise RoundRefused(409.9) from error
    return made


def publish_round_form(
    actor: Actor,
    round_: Round,
    kind: RoundForm.Kind | str,
    xform: bytes,
    *,
    workbook: bytes | None = None,
    workbook_name: str = "",
) -> Form:
    """Fill the round's texts in, publish, and put the generated lists beside the form.

    Publishing the same bytes again with the same lists changes nothing. When only the lists
    changed (another sample), the version gets a running number, because phones compare versions.

    Raises
    ------
    RoundRefused : 400.13 a text of the form that the round does not give, 409.11 the round is
        locked, 409.12 the form id is another round's, 409.13 no sample yet.
    PublishRefused : what `publishing` refuses.
    """
    kind = RoundForm.Kind(kind)
    rights.require(actor, Right.MANAGE_ROUNDS, round_.project)
    _require_open(round_)
    if kind in outcomes.HOUSEHOLD_KINDS and not _has_sample(round_):
        raise RoundRefused(409.13)
    filled = filled_form(round_, xform)
    with transaction.atomic():
        form = _drafted(actor, round_, kind, _Source(filled, workbook, workbook_name))
        _attach_lists(actor, round_, form)
        if _is_published_already(form):
            publishing.delete_draft(actor, form)
            return form
        publishing.publish_draft(actor, form, _free_version(form))
        if round_.state == Round.State.PREPARING and kind in outcomes.HOUSEHOLD_KINDS:
            round_.state = Round.State.FIELD
            round_.save(update_fields=["state"])
        audit.record("round.publish", actor=actor, form=form, round=round_.pk, kind=kind.value)
    form.refresh_from_db()
    return form


def filled_form(round_: Round, xform: bytes) -> bytes:
    """The form with the round's texts; refuses (400.13) when one is missing."""
    try:
        return fill(xform, placeholder_values(round_))
    except UnfilledPlaceholders as error:
        raise RoundRefused(400.13, names=list(error.names)) from error


def placeholder_values(round_: Round) -> dict[str, str]:
    """The round's texts for `forms.placeholders.fill`; consent_hash is computed there."""
    return {
        "controller": round_.controller,
        "retention_date": round_.retention_date.strftime("%d/%m/%Y"),
        "contact_line": round_.contact_line,
        "complaint_office": round_.complaint_office,
        "centre_name": round_.centre_name,
    }


def lock(actor: Actor, round_: Round) -> Round:
    """The end of the round: every open case becomes final. Late submissions still count."""
    rights.require(actor, Right.MANAGE_ROUNDS, round_.project)
    with transaction.atomic():
        locked = Round.objects.select_for_update().get(pk=round_.pk)
        if locked.state != Round.State.LOCKED:
            locked.state = Round.State.LOCKED
            locked.save(update_fields=["state"])
            audit.record("round.lock", actor=actor, project=locked.project, round=locked.pk)
        households = list(
            SampledHousehold.objects.filter(round=locked).values_list("pk", flat=True)
        )
        for kind in locked.forms.values_list("kind", flat=True):
            if kind in outcomes.HOUSEHOLD_KINDS:
                outcomes.recompute(households, kind)
    return locked


def _require_open(round_: Round) -> None:
    if round_.state == Round.State.LOCKED:
        raise RoundRefused(409.11)


def _has_sample(round_: Round) -> bool:
    return SampledHousehold.objects.filter(round=round_).exists()


def _drafted(actor: Actor, round_: Round, kind: RoundForm.Kind, source: _Source) -> Form:
    """The round's form of this kind with the bytes as its draft."""
    link = RoundForm.objects.filter(round=round_, kind=kind).select_related("form").first()
    if link is not None:
        publishing.set_draft(
            actor,
            link.form,
            source.xform,
            workbook=source.workbook,
            workbook_name=source.workbook_name,
        )
        return link.form
    try:
        form = publishing.create_form(
            actor,
            round_.project,
            source.xform,
            workbook=source.workbook,
            workbook_name=source.workbook_name,
            rates_authority=kind.value in RATES_AUTHORITY,
            never_stored=NEVER_STORED.get(kind.value, ()),
        )
    except publishing.PublishRefused as refused:
        if refused.code == 409.6:
            raise RoundRefused(409.12, **refused.details) from refused
        raise
    RoundForm.objects.create(round=round_, kind=kind, form=form)
    return form


def _attach_lists(actor: Actor, round_: Round, form: Form) -> None:
    wanted = set(_draft(form).attachments.values_list("name", flat=True))
    for name, content in round_lists.lists_of(round_).items():
        if name in wanted:
            publishing_files.attach_to_draft(actor, form, name, content, "text/csv")
    if f"{HOUSEHOLD_LIST}.csv" in wanted:
        publishing_files.link_list_to_draft(actor, form, f"{HOUSEHOLD_LIST}.csv", HOUSEHOLD_LIST)


def _is_published_already(form: Form) -> bool:
    """Whether the draft says, bytes and lists, what phones have already."""
    if form.current is None or form.draft is None:
        return False
    current, draft = form.current, form.draft
    same_number = with_version(bytes(draft.xform), current.version)
    return bytes(current.xform) == same_number and _files(current) == _files(draft)


def _draft(form: Form) -> FormVersion:
    assert form.draft is not None  # it was made a moment ago
    return form.draft


def _files(version: FormVersion) -> set[tuple[str, str | None, str]]:
    return set(version.attachments.values_list("name", "blob_id", "entity_list"))


def _free_version(form: Form) -> str | None:
    """None keeps what the form says; a version that phones have had gets a running number."""
    draft = _draft(form)
    taken = set(
        FormVersion.objects.filter(form=form, published_at__isnull=False).values_list(
            "version", flat=True
        )
    )
    if draft.version not in taken:
        return None
    number = 2
    while f"{draft.version}-{number}" in taken:
        number += 1
    return f"{draft.version}-{number}"
