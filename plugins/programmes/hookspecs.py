"""What `programmes` asks other plugins: asked with `ask_plugins`, answered with `@hookimpl(optionalhook=True)`."""

from __future__ import annotations

from portal.api import Subject, Viewer, hookspec


@hookspec
def programmes_pack(  # type: ignore[empty-body]
    subject: Subject, sessions: list[Subject], viewer: Viewer
) -> list[tuple[str, bytes]]:
    """Give files for the pack that a stand takes home: name and content, only what `viewer` may read (C35 SPEC 4).

    Called when somebody who holds the stand or organises the day takes the pack, in a read-only transaction, once for
    each stand. Names are made safe and told apart; files beyond the size of a pack are left out and named in it.

    :param subject: the stand, `programmes.stand`
    :param sessions: what it belongs to: its day, `programmes.programme`, and the slots of it, `programmes.slot`

    Example::

        @hookimpl(optionalhook=True)
        def programmes_pack(subject, viewer):
            board = board_of(subject, viewer)
            return [("regards.csv", as_csv(board).encode())] if board else []
    """
