"""How the portal looks here: two colours, seen before they are kept and refused where nobody could read; a logo."""

from __future__ import annotations

from babel.numbers import format_decimal
from flask import Response, abort, current_app, request, url_for
from wtforms import BooleanField
from wtforms.validators import InputRequired

from portal.content.audit import record
from portal.content.clock import now
from portal.content.files.keeping import drop_file, keep_file
from portal.content.settings import write_words
from portal.errors import NotFound
from portal.loader.hooks import CORE_PLUGIN
from portal.loader.states import bump_revision
from portal.people.permissions import MANAGE_THEME
from portal.texts import CORE, language, texts
from portal.web.answers import message, page, see
from portal.web.assets import asset, send_asset
from portal.web.colours import Fault, faults_of, nearest, read_hex, sheet
from portal.web.forms import Form
from portal.web.pages.blueprint import blueprint
from portal.web.pages.files import handed_out
from portal.web.policy import public, requires, viewer
from portal.web.theme import ON_PLATE, THEME, Theme
from portal.web.uploads import FileField, receive_files

_ = texts(CORE)
USUAL = ("#052b36", "#af400f")  # what `layout/tokens.css` shows in light
LOGO_SIDE = 480
LOGO_BYTES = 5_000_000
FOR_A_YEAR = "public, max-age=31536000, immutable"


class LogoForm(Form):
    """A picture, and what it stands on."""

    logo = FileField(_.later("Picture"), [InputRequired()], accept=("picture",), side=LOGO_SIDE, max_bytes=LOGO_BYTES)
    on_plate = BooleanField(
        _.later("Set it on a light ground"),
        description=_.later("For a dark logo: the band at the top is dark too."),
        default=True,
    )


def theme() -> Theme:
    """Give the look that counts now."""
    found: Theme = current_app.config["THEME"]
    return found


def _asked() -> tuple[str | None, str | None]:
    """Give the two colours of the address or the form; None for one that is none."""
    return read_hex(request.values.get("ink", "")), read_hex(request.values.get("accent", ""))


def _page(*, status: int = 200, logo_form: LogoForm | None = None) -> Response:
    ink, accent = _asked()
    kept = (theme().ink or USUAL[0], theme().accent or USUAL[1])
    faults = faults_of(ink, accent) if ink and accent else []
    seen = bool(ink and accent) and not faults
    return page(
        "pages/theme.html",
        status=status,
        ink=request.values.get("ink") or kept[0],
        accent=request.values.get("accent") or kept[1],
        errors=_errors(ink, accent, faults),
        suggestion=nearest(ink, accent) if ink and accent and faults else None,
        preview_url=url_for("core.theme_preview", ink=ink, accent=accent) if seen and (ink, accent) != kept else None,
        is_own=theme().sheet is not None,
        logo=theme().logo,
        logo_form=logo_form or LogoForm(formdata=None),
    )


def _errors(ink: str | None, accent: str | None, faults: list[Fault]) -> dict[str, str]:
    """Say beside each colour what is wrong with it; nothing was asked yet when the address says none."""
    found = {}
    for name, colour in (("ink", ink), ("accent", accent)):
        worst = next((fault for fault in faults if fault.blamed == name), None)
        if worst is not None:
            found[name] = _(
                "Not legible enough (%(where)s): %(found)s to 1, where %(least)s is needed.",
                where=worst.where,
                found=_number(worst.contrast),
                least=_number(worst.least),
            )
        elif colour is None and name in request.values:
            found[name] = _("Write a colour such as #0b3d5c.")
    return found


def _number(value: float) -> str:
    return format_decimal(value, format="0.0", locale=language.get())


def _record(action: str, words: dict[str, list[str] | None], **facts: object) -> None:
    """Write the look, who chose it, and have every worker show it from its next page on."""
    for key, some in words.items():
        write_words(CORE_PLUGIN, key, words=some)
    record(action, THEME, actor=viewer(), at=now(), facts=facts)
    bump_revision()


@blueprint.route("/theme", methods=["GET", "POST"])
@requires(MANAGE_THEME)
def theme_page() -> Response:
    """Show the look; draw the page in two colours before they are kept; keep them if they can be read."""
    if request.method != "POST":
        return _page()
    ink, accent = _asked()
    if ink is None or accent is None or faults_of(ink, accent):
        return _page(status=422)
    _record("portal.theme_changed", {"ink": [ink], "accent": [accent]}, ink=ink, accent=accent)
    message(_("These are the colours of the portal now."))
    return see("core.theme_page")


@blueprint.get("/theme/preview.css")
@requires(MANAGE_THEME)
def theme_preview() -> Response:
    """Give the sheet of two colours that are not kept yet."""
    ink, accent = _asked()
    if ink is None or accent is None:
        abort(404)
    return send_asset(asset("preview", ".css", sheet(ink, accent).encode()), cache="no-store")


@blueprint.route("/theme/reset", methods=["GET", "POST"])
@requires(MANAGE_THEME)
def reset_theme() -> Response:
    """Ask once, then go back to the colours of the product."""
    if theme().sheet is None:
        return see("core.theme_page")
    if request.method != "POST":
        return page(
            "pages/theme_reset.html", ink=theme().ink, accent=theme().accent, cancel_url=url_for("core.theme_page")
        )
    _record("portal.theme_reset", {"ink": None, "accent": None}, ink=theme().ink, accent=theme().accent)
    message(_("The portal has its own colours again."))
    return see("core.theme_page")


@blueprint.post("/theme/logo")
@requires(MANAGE_THEME, prepare=receive_files(LogoForm), max_bytes=LOGO_BYTES)
def set_logo() -> Response:
    """Put a logo in place of the mark, or another in its place."""
    form = LogoForm()
    if not form.submitted():
        return _page(status=422, logo_form=form)
    card = keep_file(THEME, form.logo.data[0], actor=viewer(), at=now())
    before = theme().logo
    if before is not None and before.file_id != card.id:
        drop_file(THEME, before.file_id, actor=viewer(), at=now())
    _record("portal.logo_changed", {"logo": [str(card.id), ON_PLATE if form.on_plate.data else ""]}, file=card.id)
    message(_("The logo is in place."))
    return see("core.theme_page")


@blueprint.route("/theme/logo/remove", methods=["GET", "POST"])
@requires(MANAGE_THEME)
def remove_logo() -> Response:
    """Ask once, then put the mark back in place of the logo."""
    logo = theme().logo
    if logo is None:
        return see("core.theme_page")
    if request.method != "POST":
        return page("pages/logo_remove.html", cancel_url=url_for("core.theme_page"))
    drop_file(THEME, logo.file_id, actor=viewer(), at=now())
    _record("portal.logo_removed", {"logo": None}, file=logo.file_id)
    message(_("The logo is removed."))
    return see("core.theme_page")


@blueprint.get("/theme/<name>")
@public()
def theme_file(name: str) -> Response:
    """Give the sheet of the two colours, or the logo; their names hold their hash, so they never change."""
    look = theme()
    if look.sheet is not None and name == look.sheet.name.removeprefix("theme-"):
        return send_asset(look.sheet)
    if look.logo is None or name != look.logo.name:
        raise NotFound(_("This file is no longer here."))
    answer = handed_out(look.logo.sha256, content_type=look.logo.content_type, size=look.logo.size)
    answer.headers["Cache-Control"] = FOR_A_YEAR
    return answer
