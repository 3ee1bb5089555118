"""What one does to a plugin: on, off, try again. The page and the command do the same, and the audit says who did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app

from portal.content.audit import record
from portal.content.clock import now
from portal.content.settings import EVERY_PLUGIN
from portal.errors import Conflict, PluginFault, PortalError
from portal.loader.discovery import files_hash, name_of, scan, with_needs
from portal.loader.faults import later
from portal.loader.rules import Rule
from portal.loader.running import needs_reload, running_files
from portal.loader.standing import Standing, Wish, standings
from portal.loader.states import bump_revision, lift, renew_quarantine, switch
from portal.texts import CORE, texts
from portal.values import Viewer

_ = texts(CORE)
RETRY_NOTES = {
    "reload": _.later(
        "Its files have changed, and the portal still runs the earlier ones. Reload the portal, then come back here."
    ),
    "anew": _.later("Its files have changed since the fault, and no process here has loaded the old ones: try again."),
    "unchanged": _.later(
        "Its files are the same as when it broke. Install a mended version, or try again if the cause lay elsewhere."
    ),
    "running": _.later(
        "The portal runs its files as they are now. If it was mended, or the cause has gone: try again."
    ),
}


@dataclass(frozen=True, slots=True)
class Retry:
    """Whether trying again can help now, and the sentence that says so before anybody clicks."""

    is_open: bool
    note: str


def retry_of(standing: Standing) -> Retry | None:
    """Tell what trying again would do; None where nothing broke."""
    if not standing.may_retry:
        return None
    folder = current_app.config["FOLDER"]
    if needs_reload(folder, standing.id):
        return Retry(is_open=False, note=str(RETRY_NOTES["reload"]))
    files = files_hash(standing.id)
    if not standing.quarantines:
        case = "running"
    elif any(row.files == files for row in standing.quarantines):
        case = "unchanged"
    else:
        case = "running" if running_files(folder, standing.id) else "anew"
    return Retry(is_open=True, note=str(RETRY_NOTES[case]))


def off_needs(plugin: str) -> list[str]:
    """List what a plugin needs that is not on, dependencies first."""
    on = {standing.id for standing in standings() if standing.is_on}
    return [manifest.id for manifest in with_needs({plugin}) if manifest.id not in on and manifest.id != plugin]


def prepare(plugins: Sequence[str], *, renew: bool = False) -> PortalError | None:
    """Try plugins apart and bring their tables up to date, before the write lock; give what speaks against it.

    :param renew: a plugin that is set aside and breaks otherwise now is said to
    """
    try:
        current_app.config["INSTALL"](*plugins)
    except PortalError as fault:
        if renew and isinstance(fault, PluginFault) and fault.plugin in scan().manifests:
            files = files_hash(fault.plugin)
            later(lambda conn, fault=fault: renew_quarantine(conn, fault, files=files))  # type: ignore[misc]
        return fault
    return None


def change_switch(standing: Standing, *, on: bool, actor: Viewer | None) -> None:
    """Write the wish, and who had it; a second click changes nothing.

    :raises Conflict: the operator of the host has decided otherwise
    """
    if standing.rule is Rule.FORCED or (on and standing.rule is Rule.FORBIDDEN):
        raise Conflict(
            _("%(name)s is not yours to switch: whoever runs this portal has decided.", name=name_of(standing.id))
        )
    if switch(standing.id, on=on, at=now()):
        again = on and standing.wish is Wish.ON
        verb = "retried" if again else "enabled" if on else "disabled"
        _record(f"portal.plugin_{verb}", standing, actor)


def take_back(standing: Standing, *, actor: Viewer | None) -> None:
    """Try again what broke: quarantine and cut hooks are lifted, in every worker, from the next request on."""
    lift(standing.id)
    bump_revision()
    _record("portal.plugin_retried", standing, actor)


def _record(action: str, standing: Standing, actor: Viewer | None) -> None:
    facts = {"plugin": standing.id, "version": standing.manifest.version if standing.manifest else None}
    record(action, EVERY_PLUGIN, actor=actor, at=now(), facts=facts)
