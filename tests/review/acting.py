"""The walk of the review through what changes something: each form sent as each role, done by those alone who may.

Who may goes first. What they had accepted is then what the others send: a role that is stopped by what it typed
would prove nothing of what it may do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tests.review import checks
from tests.review.doors import Door, every_door
from tests.review.expecting import OPENED, STOPPED, is_let_in, may_act
from tests.review.filling import Forms, gather
from tests.review.walking import UNSAFE, Visit, Walk
from tests.review.world import AGENTS, KIOSK

Asked = list[tuple[str, Door]]


def act_all(
    walk: Walk, roles: Iterable[str], *, doors: Iterable[Door] | None = None, forms: Forms | None = None
) -> list[str]:
    """Send every form, filled, as every role: undone where it may change something, for good where it may not.

    :param forms: those that an earlier walk through the same world found
    """
    asked = list(_asked(walk, list(roles), doors))
    forms = forms or Forms()
    forms.sent = walk.furniture.sent
    wanted = {door.endpoint for _role, door in asked} - forms.sought
    gather(walk, forms, wanted, walk.doors)
    forms.sought |= wanted
    before, refused = _state(walk), []
    with walk.listening():
        done = [_done(walk, forms, role, door) for role, door in asked if _may(walk, role, door)]
        missing = [] if doors else list(undone(walk, forms, done, every_door(walk.app, walk.world, walk.furniture)))
        for role, door in asked:
            if not _may(walk, role, door):
                refused.append(walk.visit(role, door, values=forms.taken_for(door)))
    visits = [*refused, *done]
    return [
        *checks.wrong_answers(walk, visits),
        *checks.breakdowns(visits),
        *checks.leaks(walk, visits),
        *checks.acts(walk, refused),
        *stopped(walk, forms, refused),
        *checks.changes(before, _state(walk)),
        *checks.bare_answers(walk, visits),
        *checks.told_in_logs(walk),
        *missing,
        *([] if doors else checks.untried(walk, refused)),
    ]


def _may(walk: Walk, role: str, door: Door) -> bool:
    return may_act(door, role, walk.world, walk.furniture)


def _done(walk: Walk, forms: Forms, role: str, door: Door) -> Visit:
    """Send what fills a form as somebody who may, then undo it; remember what was taken."""
    visit = walk.undone(role, door, values=forms.values_for(door))
    if visit.status in OPENED:
        forms.take(door)
    return visit


def _asked(walk: Walk, roles: list[str], doors: Iterable[Door] | None) -> Iterator[tuple[str, Door]]:
    """Give who sends what where; then each other role to the acts that ask a fact which it lacks."""
    unsafe = [door for door in doors or walk.doors if door.method in UNSAFE]
    for role in roles:
        yield from ((role, door) for door in (unsafe if doors else walk.pairs_for(role)) if door.method in UNSAFE)
    if doors is None:
        others = sorted(AGENTS - {KIOSK} - set(roles))
        yield from ((role, door) for role in others for door in unsafe if _lacks_the_fact(walk, role, door))


def _lacks_the_fact(walk: Walk, role: str, door: Door) -> bool:
    is_asked = door.endpoint in walk.furniture.acts
    return is_asked and is_let_in(door, role, walk.world, walk.furniture) and not _may(walk, role, door)


def _state(walk: Walk) -> dict[str, str]:
    """Give what stands, but for what files weigh: their bytes are received before anything else, and swept later."""
    return {name: rows for name, rows in walk.state().items() if name != "file_contents"}


def stopped(walk: Walk, forms: Forms, visits: Iterable[Visit]) -> Iterator[str]:
    """Find who may not and was stopped otherwise than by that, where one who may would not have been stopped so.

    « It is closed » says nothing of who asks when it is said to all of them alike; it proves nothing either.
    """
    for visit in visits:
        if visit.status in STOPPED and not visit.is_forbidden and visit.door.endpoint not in walk.furniture.stopped:
            who = next((role for role in walk.world.cookies if _may(walk, role, visit.door)), None)
            other = who and walk.undone(who, visit.door, values=forms.taken_for(visit.door))
            if not other or other.status != visit.status:
                yield f"{visit} is no refusal, and {other or 'nobody who may is stopped so'}"


def undone(walk: Walk, forms: Forms, visits: Iterable[Visit], doors: list[Door]) -> Iterator[str]:
    """Find the acts that are refused to all who may do them, and were not said to be: nothing is proved of them."""
    done = {visit.door.endpoint for visit in visits if visit.status in OPENED}
    every, said = {door.endpoint for door in doors if door.method in UNSAFE}, walk.furniture.undone.keys()
    done |= set(_done_elsewhere(walk, forms, [door for door in doors if door.endpoint not in done]))
    yield from (f"{endpoint}: what is sent is never taken" for endpoint in sorted(every - done - said))
    if not walk.world.is_full:  # the long walk goes to shared screens too
        yield from (f"{endpoint} is said never to be done, and is" for endpoint in sorted(said & done))


def _done_elsewhere(walk: Walk, forms: Forms, doors: list[Door]) -> Iterator[str]:
    """Give the acts that somebody, somewhere, does: a short walk goes neither everywhere nor as everybody."""
    unsafe = [door for door in doors if door.method in UNSAFE]
    formless = {door.endpoint for door in unsafe} - forms.of.keys() - walk.furniture.undone.keys()
    about = {thing for door in unsafe if door.endpoint in formless for thing in door.things}
    gather(walk, forms, formless, (door for door in doors if about & {*door.things}))
    may = ((door, role) for door in unsafe for role in walk.world.cookies if _may(walk, role, door))
    done: set[str] = set()
    for door, role in may:
        if door.endpoint not in done and _done(walk, forms, role, door).status in OPENED:
            done.add(door.endpoint)
    yield from done
