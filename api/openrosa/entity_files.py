"""Entity lists as files beside a form: their kind, their hash, their rows."""

import hashlib

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse

from surveys.collection.blank_forms import BlankForm, FormFile, StoredList
from surveys.collection.entities import filters, reading
from surveys.collection.entities.filters import Reach
from surveys.fieldwork import household_list

CSV = "text/csv; charset=utf-8"


def kind_of(file: FormFile) -> str:
    """Collect makes no entities of its own in a list whose entities need approval."""
    stored = file.stored_list
    return "approvalEntityList" if stored and stored.needs_approval else "entityList"


def tag_of(form: BlankForm, file: FormFile) -> str:
    """A token of what the caller would get, made without reading one row of it.

    Collect compares a list's hash only with the one that it saw before.
    """
    stored = file.stored_list
    if stored is not None:
        return filters.tag_of(stored.id, stored.revision, _reach(form, stored))
    state = household_list.version_token(form.form_id, form.actor_id)
    return hashlib.md5(state.encode(), usedforsecurity=False).hexdigest()


def rows_of(form: BlankForm, file: FormFile) -> HttpResponseBase:
    """The list as the caller gets it; a stored one in constant memory."""
    stored = file.stored_list
    if stored is None:
        rows = household_list.csv_for(form.form_id, form.actor_id)
        return HttpResponse(rows, content_type=CSV)
    names = reading.property_names(stored.id)
    lines = reading.rows_for_phone(stored.id, names, _reach(form, stored))
    return StreamingHttpResponse(reading.as_csv(lines), content_type=CSV)


def _reach(form: BlankForm, stored: StoredList) -> Reach:
    if form.is_trial and (stored.owner_only or stored.rules):
        return filters.NOTHING  # whoever has the link would read what is kept from most phones
    return filters.reach(owner_only=stored.owner_only, rules=stored.rules, actor_id=form.actor_id)
