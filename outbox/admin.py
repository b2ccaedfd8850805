"""Deliveries as admins watch them: to look at, not to change."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from outbox.models import Delivery, Heartbeat, Message


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
