"""A request in words: its title, where it stands, what one may do, and what of it stands on « Aujourd'hui »."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask import url_for

from portal.api import Action, HomeItem, NotFound, SubjectCard, Viewer, can, now, people, texts

from plugins.ambassadors import permissions
from plugins.ambassadors.queries.requests import Exchange, State, exchanges_at_home, exchanges_by_id

_ = texts("ambassadors")
MADE_MARKS = {
    State.WAITING: (_.later("waits for an answer"), "wait"),
    State.YES: (_.later("available"), "good"),
    State.NO: (_.later("not available"), ""),
    State.WITHDRAWN: (_.later("withdrawn"), "stopped"),
}
RECEIVED_MARKS = {
    State.WAITING: (_.later("waits for your answer"), "wait"),
    State.YES: (_.later("you are available"), "good"),
    State.NO: (_.later("you are not available"), ""),
    State.WITHDRAWN: (_.later("no longer needed"), "stopped"),
}


def name_of(person_id: int) -> str:
    """Give the name of a person who is there."""
    return people([person_id])[person_id].name


def title_of(exchange: Exchange) -> str:
    """Name a request for one of the two."""
    if exchange.is_made:
        return _("Request to %(name)s", name=exchange.other.name)
    return _("Request from %(name)s", name=exchange.other.name)


def mark_of(exchange: Exchange) -> tuple[object, str]:
    """Give word and kind of where it stands, for one of the two."""
    return (MADE_MARKS if exchange.is_made else RECEIVED_MARKS)[exchange.state]


def cards(ids: Iterable[int], viewer: Viewer) -> list[SubjectCard]:
    """Name requests for one of the two; nobody else is told that they exist."""
    found = exchanges_by_id(viewer, ids, at=now()) if viewer.is_signed_in else []
    return [SubjectCard(title_of(exchange), _url("request", exchange), exchange.request.subject) for exchange in found]


def _url(page: str, exchange: Exchange) -> str:
    return url_for(f"ambassadors.{page}", request_id=exchange.id)


def must_be_agreed(exchange: Exchange) -> None:
    """Refuse the page about how to be reached to whoever has not agreed.

    :raises NotFound: somebody else was asked, or they have not agreed
    """
    if exchange.is_made or exchange.state is not State.YES:
        raise NotFound(_("There is no request at this address, or it is not yours."))


def actions(exchange: Exchange) -> list[Action]:
    """Give what one of the two may do with it."""
    return list(_of_who_asked(exchange) if exchange.is_made else _of_who_was_asked(exchange))


def _of_who_asked(exchange: Exchange) -> Iterator[Action]:
    if exchange.state is State.NO:
        yield _ask_else(exchange)
    if exchange.state in {State.WAITING, State.YES} and not exchange.is_closed:
        yield Action(_("I no longer need it"), _url("withdraw_request", exchange), method="post", kind="quiet")


def _ask_else(exchange: Exchange) -> Action:
    return Action(_("Ask somebody else"), url_for("ambassadors.find", again=exchange.id), kind="main")


def _of_who_was_asked(exchange: Exchange) -> Iterator[Action]:
    if exchange.is_closed or exchange.state is State.WITHDRAWN:
        return
    if exchange.state is State.YES:
        yield Action(_("How to reach me"), _url("reach", exchange), kind="main")
        yield Action(_("In the end, not available"), _url("say_no", exchange), method="post", kind="quiet")
    elif exchange.state is State.NO:
        yield Action(_("In the end, I am available"), _url("say_yes", exchange), method="post")
    else:
        yield Action(_("I am available"), _url("say_yes", exchange), method="post", kind="main")
        yield Action(_("Not available"), _url("say_no", exchange), method="post")


def home_items(viewer: Viewer) -> list[HomeItem]:
    """Give what waits for an answer of `viewer`, and for three days the next step of what was answered to them."""
    if not viewer.is_signed_in or not can(viewer, permissions.ASK):
        return []
    return [_home_item(exchange) for exchange in exchanges_at_home(viewer, at=now())]


def _home_item(exchange: Exchange) -> HomeItem:
    url, words = _url("request", exchange), exchange.request.words
    if not exchange.is_made:
        title = _("%(name)s asks you for help", name=exchange.other.name)
        return HomeItem("todo", title, url, (words,), due_at=exchange.request.closes_at, action=(_("Answer"), url))
    step = _ask_else(exchange) if exchange.state is State.NO else Action(_("See how to reach them"), url)
    mark, _kind = mark_of(exchange)
    return HomeItem("todo", f"{exchange.other.name}, {mark}", url, (words,), action=(step.label, step.url))
