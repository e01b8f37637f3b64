"""The CSV archive of an encrypted form for the pages: the passphrase comes from a web form.

It stands outside `/v1` because a browser sends its cookie here, and so Django's CSRF check and
sessions do (`config.middleware.PagesOnly`).
"""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from api import problems
from api.authentication import Caller, Via
from api.central import exports
from api.central.door import Call
from api.problems import ProblemRaised
from surveys.collection.models import Form, User
from surveys.collection.refusal import Refused


@sensitive_post_parameters()
@require_POST
@login_required
def opened_csv(request: HttpRequest, form_id: int) -> HttpResponseBase:
    """What `/v1/…/submissions.csv.zip` gives with the same passphrases; a refusal is said on the
    page of exports."""
    form = Form.objects.filter(pk=form_id, deleted_at=None).first()
    call = Call(request, Caller(cast("User", request.user), Via.SESSION))
    try:
        if form is None:
            raise ProblemRaised(404.3)
        response = exports.csv_zip(call, form.project_id, form.xml_form_id)
    except (ProblemRaised, Refused) as refusal:
        problem = problems.get(refusal.code)
        said = problem.en_with if get_language() == "en" else problem.vi_with
        messages.error(request, said(refusal.details))
        return redirect("exports" if form is not None else "home", *([form_id] if form else []))
    response["Cache-Control"] = "private, no-store"
    return response
