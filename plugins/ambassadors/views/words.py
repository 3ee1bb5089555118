"""The vocabulary: listed by family, imported after a look at what would change, exported, retired (C08 SPEC 9)."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, url_for

from portal.api import Table, export_links, exported, form_page, message, now, page, requires, see, texts, viewer

from plugins.ambassadors import permissions
from plugins.ambassadors.forms.words import ApplyForm, ImportForm
from plugins.ambassadors.models.vocabulary import KINDS, ROLE, TALENT, Tag
from plugins.ambassadors.queries.vocabulary import all_tags, by_family
from plugins.ambassadors.queries.word_plans import Plan, What, plan_import
from plugins.ambassadors.services.words import begin_with_proposed, bring_back, import_words, retire
from plugins.ambassadors.views.blueprint import blueprint
from plugins.ambassadors.views.loaders import one_tag

_ = texts("ambassadors")

KIND_WORDS = {TALENT: _.later("talent"), ROLE: _.later("role")}
WHAT_WORDS = {
    What.ADDED: (_.later("added"), "good"),
    What.CHANGED: (_.later("changed"), "wait"),
    What.SAME: (_.later("no change"), ""),
    What.REFUSED: (_.later("refused"), "late"),
}


@blueprint.get("/words")
@requires(permissions.WORDS)
def words():
    """List the words by family, the talents then the roles."""
    tags = all_tags()
    listed = {kind: by_family(tag for tag in tags if tag.kind == kind) for kind in KINDS}
    return page("ambassadors/words.html", listed=listed, tags=tags, exports=export_links("ambassadors.words_export"))


def _without(name: str) -> Callable[[Tag], str]:
    def read(tag: Tag) -> str:
        if tag.kind != ROLE:
            return ""
        return _("no") if getattr(tag, name) else _("yes")

    return read


COLUMNS: Table = {
    "family": (_.later("family"), lambda tag: tag.family),
    "word": (_.later("word"), lambda tag: tag.label),
    "synonyms": (_.later("synonyms"), lambda tag: tag.synonyms),
    "kind": (_.later("kind"), lambda tag: str(KIND_WORDS[tag.kind])),
    "esco": ("esco", lambda tag: tag.esco_uri or ""),
    "cnfpt": ("cnfpt", lambda tag: tag.cnfpt_code or ""),
    "no_writing": (_.later("no_writing"), _without("needs_writing")),
    "no_mail": (_.later("no_mail"), _without("needs_mail")),
    "retired_on": (_.later("Retired on"), lambda tag: tag.retired_at),
}


@blueprint.get("/words.<any(csv, json):fmt>")
@requires(permissions.WORDS)
def words_export(fmt) -> Response:
    """Give all the words; the file can be imported again."""
    return exported(fmt, "words", COLUMNS, all_tags())


@blueprint.route("/words/import", methods=["GET", "POST"])
@requires(permissions.WORDS)
def import_words_page():
    """Send words, then look at what they would change: nothing is done yet."""
    form = ImportForm()
    if form.submitted():
        with form.attempt():
            return _preview(form.text)
    return form_page("ambassadors/import_words.html", form, cancel_url=url_for("ambassadors.words"), multipart=True)


def _preview(text: str) -> Response:
    return page("ambassadors/preview_words.html", plan=plan_import(text), text=text, what_words=WHAT_WORDS, kinds=What)


@blueprint.post("/words/import/apply")
@requires(permissions.WORDS)
def apply_words():
    """Do what was looked at."""
    form = ApplyForm()
    if form.submitted():
        _tell(import_words(viewer(), form.text.data or "", at=now()))
    return see("ambassadors.words")


@blueprint.post("/words/begin")
@requires(permissions.WORDS)
def begin_words():
    """Begin with the list that comes along."""
    _tell(begin_with_proposed(viewer(), at=now()))
    return see("ambassadors.words")


def _tell(plan: Plan) -> None:
    added, changed, refused = (plan.count(what) for what in (What.ADDED, What.CHANGED, What.REFUSED))
    text = _.later("Words added: %(added)s; changed: %(changed)s; refused: %(refused)s.")
    message(str(text) % {"added": added, "changed": changed, "refused": refused})


@blueprint.post("/words/<int:tag_id>/<any(retire, back):act>")
@requires(permissions.WORDS, tag=one_tag)
def move_word(tag, act) -> Response:
    """Offer a word no longer, or again."""
    (retire if act == "retire" else bring_back)(viewer(), tag, at=now())
    kept = _("No longer offered. The cards that bear it keep it until they are written again.")
    message(kept if act == "retire" else _("It is offered again."))
    return see("ambassadors.words")
