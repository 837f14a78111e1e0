"""The log of people in words."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.models import LogEntry
from assessments.workflow import Role

register = template.Library()

_ACTS = {
    "invite": gettext_lazy("Invited"),
    "invite_again": gettext_lazy("New link made"),
    "revoke_invitation": gettext_lazy("Invitation taken back"),
    "accept_invitation": gettext_lazy("Invitation accepted"),
    "change_person": gettext_lazy("Changed"),
    "deactivate": gettext_lazy("Deactivated"),
    "reactivate": gettext_lazy("Reactivated"),
    "remove_second_factor": gettext_lazy("Second factor removed"),
    "sign_out_everywhere": gettext_lazy("Signed out on every device"),
    "mails_on": gettext_lazy("Daily mail switched on"),
    "mails_off": gettext_lazy("Daily mail switched off"),
}
_FACTS = {
    "full_name": gettext_lazy("Full name"),
    "role": gettext_lazy("Role"),
    "office": gettext_lazy("Office"),
}


@register.filter
def act_name(what: str) -> str:
    return str(_ACTS.get(what, what))


@register.filter
def act_changes(entry: LogEntry) -> list[str]:
    """Role: from Office editor to Inspector."""
    told = []
    for key, label in _FACTS.items():
        value = entry.details.get(key)
        if isinstance(value, list):
            old, new = (_plain(key, side) for side in value)
            told.append(_("%(fact)s: from %(old)s to %(new)s") % {"fact": label, "old": old, "new": new})
    return told


def _plain(key: str, value: str | None) -> str:
    if value is None:
        return "–"
    return str(Role(value).label) if key == "role" else value
