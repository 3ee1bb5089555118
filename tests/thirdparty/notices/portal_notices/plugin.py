"""Notices on the page of a lab: one section, one form, one table, through the one doorway."""

from datetime import datetime

import sqlalchemy as sa
from flask import Blueprint, url_for
from sqlalchemy.orm import Mapped, mapped_column
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from portal import api

_ = api.texts("notices")
blueprint = Blueprint("notices", __name__)


class Notice(api.plugin_base("notices")):
    __tablename__ = "notices_notice"
    __personal__ = {
        "text": api.Personal(whose="author_id", why="what was announced", keep_days=365),
        "author_id": api.Personal(whose="author_id", why="who announced it", keep_days=365, on_erase="pseudonym"),
    }
    id: Mapped[int] = mapped_column(primary_key=True)
    lab_id: Mapped[int] = mapped_column(index=True)
    text: Mapped[str] = mapped_column(sa.String(200))
    author_id: Mapped[int | None] = api.person_id(nullable=True)
    written_at: Mapped[datetime]


class NoticeForm(api.Form):
    text = StringField(_.later("Notice"), validators=[InputRequired(), Length(max=200)])


def one_lab(viewer, *, lab_id):
    subject = api.Subject("labs.lab", lab_id)
    if api.resolve(subject) is None:
        raise api.NotFound(_("There is no lab here."))
    return subject


@blueprint.get("/")
@api.signed_in()
def index():
    return api.page("notices/index.html", page=api.listing(sa.select(Notice), order_by=[Notice.id]))


@blueprint.route("/labs/<int:lab_id>/new", methods=["GET", "POST"])
@api.requires("notices.write", lab=one_lab)
def write(lab):
    form = NoticeForm()
    if form.submitted():
        with form.attempt():
            notice = Notice(lab_id=lab.id, text=form.text.data, author_id=api.viewer().person_id, written_at=api.now())
            api.session.add(notice)
            api.session.flush()
            pinned = api.Subject("notices.notice", notice.id)
            api.record("notices.pinned", pinned, actor=api.viewer(), at=api.now())
            api.link("notices.about", pinned, lab, actor=api.viewer(), at=api.now())
            told = _.later("%(actor)s pins a notice: “%(title)s”")
            api.notify(api.followers(lab), pinned, told, actor=api.viewer(), at=api.now())
            api.message(_("The notice is on the page of the lab."))
            return api.see("notices.index")
    return api.form_page("notices/write.html", form, lab=api.resolve(lab))


@api.hookimpl
def portal_blueprints():
    return [blueprint]


@api.hookimpl
def portal_nav_items():
    return [api.NavItem("share", _.later("Notices"), "notices.index")]


@api.hookimpl
def portal_subject_types():
    return [api.SubjectType("notices.notice", _.later("Notice"))]


@api.hookimpl
def portal_link_kinds():
    return [api.LinkKind("notices.about", _.later("about"), _.later("notice"))]


@api.hookimpl
def portal_subjects(kind, ids, viewer):
    asked = ids if kind == "notices.notice" and viewer.is_agent else ()
    found = api.session.scalars(sa.select(Notice).where(Notice.id.in_(asked)))
    return [api.SubjectCard(row.text, url_for("notices.index"), api.Subject(kind, row.id)) for row in found]


@api.hookimpl
def portal_actions(subject, viewer):
    may = subject.kind == "labs.lab" and api.can(viewer, "notices.write")
    return [api.Action(_("Pin a notice"), url_for("notices.write", lab_id=subject.id))] if may else []


@api.hookimpl
def portal_sections(subject, viewer):
    if subject.kind != "labs.lab":
        return []
    notices = api.session.scalars(sa.select(Notice).where(Notice.lab_id == subject.id).order_by(Notice.id)).all()
    return [api.Section(_("Notices"), "notices/_of_lab.html", {"notices": notices})]
