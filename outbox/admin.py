"""Deliveries as admins watch them: to look at, not to change. Robots of groups are set up here."""

from typing import Any

from django.contrib import admin
from django.forms import PasswordInput
from django.http import HttpRequest

from outbox.models import Delivery, Heartbeat, Message, Robot


class ReadOnly:
    """Nothing can be added, changed or deleted."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False


class DeliveryInline(ReadOnly, admin.TabularInline):
    model = Delivery
    extra = 0
    fields = ("at", "event", "detail")


@admin.register(Message)
class MessageAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("key", "kind", "state", "recipient", "send_at", "tries", "reason")
    list_filter = ("state", "kind")
    list_select_related = ("recipient",)
    search_fields = ("key", "recipient__username")
    ordering = ("-send_at",)
    fields = (
        "key", "kind", "channel", "recipient", "state", "send_at", "next_try_at",
        "tries", "sent_at", "reason",
    )  # fmt: skip
    inlines = (DeliveryInline,)


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("name", "at")


@admin.register(Robot)
class RobotAdmin(admin.ModelAdmin):
    """Token and secret can be replaced, and are never shown again."""

    list_display = ("name", "service", "archived_at")
    fields = ("name", "service", "token", "secret", "archived_at")

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Secrets are typed as passwords; left empty, what is stored stays."""
        found = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in ("token", "secret") and found is not None:
            found.widget = PasswordInput(render_value=False)
            found.required = False
        return found

    def save_model(self, request: HttpRequest, obj: Robot, form: Any, change: bool) -> None:  # noqa: FBT001
        """Keep the stored secrets where nothing was typed."""
        if change:
            stored = Robot.objects.get(pk=obj.pk)
            obj.token = obj.token or stored.token
            obj.secret = obj.secret or stored.secret
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False
