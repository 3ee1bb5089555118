"""The words for where a plugin stands: the same on the page and in the command."""

from __future__ import annotations

from collections.abc import Iterator

from portal.loader.discovery import Blocked, Lack, name_of
from portal.loader.models import Quarantine
from portal.loader.rules import Rule
from portal.loader.standing import Process, Standing, Wish, standing_of
from portal.loader.states import this_host
from portal.texts import CORE, texts
from portal.web.dates import instant

_ = texts(CORE)
PHASES = {
    "manifest": _.later("its description cannot be read"),
    "resolve": _.later("it does not fit this portal"),
    "probe": _.later("it broke while being tried apart"),
    "import": _.later("it broke while being loaded"),
    "register": _.later("it broke while being set up"),
}
HOOKS = {
    "portal_home_items": _.later("what it puts on “Today”"),
    "portal_sections": _.later("its blocks on the pages of others"),
    "portal_actions": _.later("its buttons on the pages of others"),
    "portal_subjects": _.later("the names of what it keeps"),
    "portal_may": _.later("its permissions: all are refused meanwhile"),
    "portal_event": _.later("what it does when something happens: it will be told again"),
    "portal_event_after": _.later("what it does after something happened: it will be told again"),
}
CANNOT = {
    Process.MISSING: _.later("missing"),
    Process.INVALID: _.later("invalid"),
    Process.INCOMPATIBLE: _.later("incompatible"),
}
LACKS = {
    "absent": _.later("it needs %(name)s, which is not installed here or cannot be read"),
    "version": _.later("it needs %(name)s %(asked)s; another version is installed"),
    "off": _.later("it needs %(name)s, which is off"),
    "circle": _.later("it needs %(name)s, which needs it: each waits for the other"),
}


def hook_words(hook: str) -> str:
    """Say in words what a hook is for; a plugin's own hook keeps its name."""
    return str(HOOKS.get(hook, hook))


def word(standing: Standing) -> tuple[str, str]:
    """Say the state of a plugin: a word and its kind."""
    if standing.rule is Rule.FORBIDDEN:
        return _("forbidden"), "stopped"
    if standing.wish is Wish.PURGED and not standing.is_on:
        return _("purged"), "stopped"
    if standing.process in CANNOT:
        return str(CANNOT[standing.process]), "late" if standing.is_on else ""
    return _word_of_code(standing) if standing.is_on else (_("off"), "")


def _word_of_code(standing: Standing) -> tuple[str, str]:
    if standing.quarantines:
        return _("set aside"), "late"
    if standing.process is Process.BLOCKED:
        return _("suspended"), "late"
    return (_("on, partly cut"), "wait") if standing.cuts else (_("on"), "good")


def reasons(standing: Standing) -> list[str]:
    """Say why, one sentence for each reason; what needs no word has none."""
    return [sentence[:1].upper() + sentence[1:] for sentence in _reasons(standing)]


def _reasons(standing: Standing) -> Iterator[str]:
    if standing.rule is Rule.FORCED:
        yield _("Whoever runs this portal keeps it on.")
    if standing.rule is Rule.FORBIDDEN:
        yield _("Whoever runs this portal has forbidden it. What it keeps is untouched.")
    if standing.wish is Wish.PURGED and not standing.is_on:
        yield _("Nothing of it is left here. Switched on again, it starts empty.")
    if standing.process is Process.MISSING:
        yield _("Its code is no longer on this machine. What it keeps is untouched.")
    if standing.process in {Process.INVALID, Process.INCOMPATIBLE} and standing.fault is not None:
        yield f"{PHASES[standing.fault.phase]} ({standing.fault})"
    if standing.is_on:
        yield from (_aside(row) for row in standing.quarantines)
    if standing.process is Process.BLOCKED:
        yield _blocked(standing)
    if standing.is_running:
        for cut in standing.cuts:
            yield _(
                "cut since %(when)s, because it kept breaking: %(what)s",
                when=instant(cut.cut_at or cut.window_at),
                what=hook_words(cut.hook),
            )


def _aside(row: Quarantine) -> str:
    phase = PHASES.get(row.phase, row.phase)
    if row.host != this_host():
        return _("on the machine %(host)s, %(phase)s (%(reason)s)", host=row.host, phase=phase, reason=row.reason)
    return f"{phase} ({row.reason})"


def _blocked(standing: Standing) -> str:
    fault = standing.fault
    if isinstance(fault, Blocked):
        return " ; ".join(lack_words(lack) for lack in fault.lacks)
    if fault is not None and fault.phase == "schema":
        return _("its tables are not those of its code: run « portal upgrade »")
    return str(fault or "")


def lack_words(lack: Lack) -> str:
    """Say what a plugin waits for."""
    name = name_of(lack.plugin)
    if lack.why in {"absent", "version", "circle"}:
        return _.filled(LACKS[lack.why], name=name, asked=lack.asked)
    needed = standing_of(lack.plugin)
    if not needed.is_on:
        return _.filled(LACKS["off"], name=name)
    state, _kind = word(needed)
    return _("suspended: it waits for %(name)s (%(state)s), and comes back with it", name=name, state=state)
