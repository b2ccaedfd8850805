"""One person in one assignment: what they were told, what is to come, and why not."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assignments.forms_one import PeopleForm
from assignments.listing import assignees_reached_by
from assignments.previewing import timeline_of
from assignments.saying import said_due
from assignments.standing import standing_of
from assignments.views_one import change_people
from mot_course.web import Request
from outbox.clock import database_now
from people.access import instructors_only


@require_http_methods(["GET", "HEAD", "POST"])
@instructors_only
def person(request: Request, pk: int, username: str) -> HttpResponse:
    """The person's timeline, and a form for more time. POST: 422 where it cannot."""
    reached = assignees_reached_by(request.user).filter(assignment=pk)
    assignee = get_object_or_404(
        reached.select_related(
            "due",
            "person",
            "through",
            "changed_by",
            "assignment__course",
            "assignment__unit",
            "assignment__quiz",
            "assignment__case",
            "assignment__plan",
            "assignment__after",
        ),
        person__username=username,
    )
    now = database_now()
    typed = request.POST.copy()
    typed.setlist("picked", [str(assignee.pk)])
    form = PeopleForm(
        typed if request.method == "POST" else None,
        assignees=reached.select_related("due"),
        today=now.astimezone().date(),
    )
    if request.method == "POST" and form.is_valid():
        change_people(form, [assignee], request)
        messages.success(request, _("Saved. The reminders go by it from now on."))
        return redirect("assignments:person", pk, username)
    context = {
        "assignee": assignee,
        "assignment": assignee.assignment,
        "standing": standing_of(assignee, now),
        "due": said_due(assignee.assignment),
        "timeline": timeline_of(assignee, by=request.user),
        "form": form,
    }
    return render(request, "assignments/person.html", context, status=422 if form.is_bound else 200)
