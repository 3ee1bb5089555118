"""Hooks called while a page is made. A plugin that raises here loses its own block, and nothing else."""

from __future__ import annotations

import pluggy

from portal.values import Action, HomeItem, Section, Subject, SubjectCard, Viewer

hookspec = pluggy.HookspecMarker("portal")


@hookspec
def portal_home_items(viewer: Viewer) -> list[HomeItem]:  # type: ignore[empty-body]
    """Give what is happening, what waits for this viewer, what was promised: « Aujourd'hui ».

    Called for each view of the home page and of a shared screen, in a read-only transaction. The core keeps eight
    of *now* and five of each other zone: the earliest `due_at` of each plugin, then the second of each. Give only what
    `viewer` may read: use the audience criterion.

    Example::

        @hookimpl
        def portal_home_items(viewer):
            return [HomeItem("now", lab.question, url, due_at=lab.ends_at) for lab in open_now(viewer)]
    """


@hookspec
def portal_sections(subject: Subject, viewer: Viewer) -> list[Section]:  # type: ignore[empty-body]
    """Give blocks for the page of a subject, usually another plugin's.

    Called when the page of `subject` is made, in the transaction of the page. Each block's template is rendered by
    the core and fails alone: « Ce bloc est momentanément indisponible ». Ordered by `order`, then plugin id.

    Example::

        @hookimpl
        def portal_sections(subject, viewer):
            if subject.kind != "labs.lab":
                return []
            return [Section(_("Notices"), "notices/_of_lab.html", {"notices": notices_of(subject.id)})]
    """


@hookspec
def portal_actions(subject: Subject, viewer: Viewer) -> list[Action]:  # type: ignore[empty-body]
    """Give what the viewer may do with a subject; an act that is not allowed is not given.

    Called when the page of `subject` is made. Ordered by `order`, then plugin id.

    Example::

        @hookimpl
        def portal_actions(subject, viewer):
            if subject.kind != "labs.lab" or not can(viewer, "notices.write"):
                return []
            return [Action(_("Pin a notice"), url_for("notices.new", lab_id=subject.id))]
    """


@hookspec
def portal_subjects(kind: str, ids: tuple[int, ...], viewer: Viewer) -> list[SubjectCard]:  # type: ignore[empty-body]
    """Name subjects of one of your kinds for a viewer: title and address; not those absent or not theirs to read.

    Called wherever another plugin, a link or a notice speaks of them, once for all that a page speaks of: answer with
    one query, however many they are. Of two cards for one subject the first counts.

    Example::

        @hookimpl
        def portal_subjects(kind, ids, viewer):
            found = readable_labs(viewer, ids) if kind == "labs.lab" else []
            return [SubjectCard(lab.name, url_of(lab), Subject(kind, lab.id)) for lab in found]
    """


@hookspec
def portal_obstacles() -> list[Action]:  # type: ignore[empty-body]
    """Say what of your contents some people cannot use as it stands; the accessibility statement lists it.

    Called for each view of that public page: give a sentence that tells nobody more than they may know (a number, no
    title), and the page where whoever may read it finds it.

    Example::

        @hookimpl
        def portal_obstacles():
            return [Action(_("Three films have no captions."), url_for("films.index", captions="no"))]
    """


@hookspec
def portal_may(viewer: Viewer, permission: str, target: object | None) -> bool | None:
    """Veto a permission that this plugin's manifest declares: False refuses, None or True says nothing.

    Called by `can()` once the role allows the act. A plugin is asked about its own permissions only. If it raises,
    the answer is a refusal.

    :param target: what the view's loader gave, or None

    Example::

        @hookimpl
        def portal_may(viewer, permission, target):
            return target is None or target.group_id in viewer.group_ids
    """
