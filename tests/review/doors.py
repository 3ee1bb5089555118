"""Every address of an app, from its URL map, filled with what stands in the world.

An address of one argument is filled with every thing of that kind. One of two arguments is filled with pairs that
belong together, and with a *crossed* pair: a thing under the parent of another, which must be absent. A token is made
for the scope of the policy. An address that nothing fills is lost: `lost` says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from flask import Flask
from werkzeug.routing import AnyConverter, Rule

from portal.web.policy import Policy, policy_of

from tests.review.furniture import OPEN, SIGNED_IN, Furniture
from tests.review.world import Key, Thing, World

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
IMPLIED = frozenset({"HEAD", "OPTIONS"})
ABSENT = 99_999
MANY = 5
NONE = Policy("none")


@dataclass(frozen=True)
class Door:
    """One address and method, who its policy lets in, and what stands behind it.

    :ivar methods: all that its address answers, at this endpoint or another
    :ivar crossed: the things exist and do not belong together
    :ivar absent: the same address with a number that nothing has
    """

    method: str
    url: str
    endpoint: str
    policy: Policy
    methods: frozenset[str] = field(repr=False)
    things: tuple[Thing, ...] = ()
    key: Key | None = None
    crossed: bool = False
    absent: str | None = None

    def __str__(self) -> str:
        about = ", ".join(map(str, self.things))
        return f"{self.method} {self.url}" + (f" [{about}{', crossed' if self.crossed else ''}]" if about else "")


@dataclass(frozen=True)
class _Fill:
    values: Mapping[str, Any]
    things: tuple[Thing, ...] = ()
    key: Key | None = None
    crossed: bool = False


def doors(app: Flask, world: World, furniture: Furniture) -> list[Door]:
    """Give one address × method of those that differ in nobody's rights; of a short walk, fewer of many."""
    found = distinct(every_door(app, world, furniture))
    return found if world.is_full else _thinned(found)


def _amiss(endpoint: str, view: object, furniture: Furniture) -> str:
    policy, wanted = policy_of(view), furniture.asked_at(endpoint)
    if policy is None:
        return "declares no policy"
    asked = OPEN if policy.is_open else policy.permission or SIGNED_IN
    return f"asks for {asked}, and was said to ask for {wanted}" if asked != wanted else ""


def every_door(app: Flask, world: World, furniture: Furniture) -> list[Door]:
    """Give them all."""
    methods: dict[str, frozenset[str]] = {}
    for rule in app.url_map.iter_rules():
        methods[rule.rule] = methods.get(rule.rule, frozenset()) | (rule.methods or set())
    with app.test_request_context():
        rules = app.url_map.iter_rules()
        return [door for rule in rules for door in _doors(app, rule, methods[rule.rule], world, furniture)]


def distinct(some: Iterable[Door]) -> list[Door]:
    """Keep one door of those that differ in nobody's rights: whoever meets one of them meets them all."""
    alike: dict[object, list[Door]] = {}
    for door in some:
        alike.setdefault((door.endpoint, door.method, _rights(door)), []).append(door)
    return [doors[_turn(doors[0]) % len(doors)] for doors in alike.values()]


def _turn(door: Door) -> int:
    return sum(map(ord, door.endpoint))


def _thinned(some: Iterable[Door]) -> list[Door]:
    """Keep of many at one endpoint its own page, and every third in turn."""
    kept: list[Door] = []
    there: dict[tuple[str, str], list[Door]] = {}
    for door in some:
        there.setdefault((door.endpoint, door.method), []).append(door)
    for few in there.values():
        kept += [door for place, door in enumerate(few) if _is_kept(door, place, few, _turn(door))]
    return kept


def _is_kept(door: Door, place: int, few: list[Door], turn: int) -> bool:
    is_own_page = bool(door.things) and door.url.endswith(f"/{door.things[0].id}")
    return len(few) <= MANY or is_own_page or place in {0, len(few) - 1} or (place + turn) % 3 == 0


def _rights(door: Door) -> object:
    things = tuple((thing.note, thing.readers, tuple(sorted(thing.facts.items(), key=str))) for thing in door.things)
    key = door.key and (door.key.lives, door.key.owner, door.key.shows, tuple(thing.note for thing in door.key.things))
    return things, door.crossed, key, None if things or key else door.url


def lost(app: Flask, world: World, furniture: Furniture) -> list[str]:
    """Say which addresses nothing fills, which declare no policy, and which another than was said."""
    amiss = ((endpoint, _amiss(endpoint, view, furniture)) for endpoint, view in app.view_functions.items())
    empty = [rule for rule in app.url_map.iter_rules() if next(_fills(app, rule, world, furniture), None) is None]
    return [f"{endpoint} {fault}" for endpoint, fault in amiss if fault] + [
        f"{rule.endpoint} ({rule.rule}): nothing fills {', '.join(sorted(rule.arguments))}" for rule in empty
    ]


def _doors(app: Flask, rule: Rule, methods: frozenset[str], world: World, furniture: Furniture) -> Iterator[Door]:
    policy = policy_of(app.view_functions[rule.endpoint]) or NONE
    for fill in _fills(app, rule, world, furniture):
        url = _url(app, rule, fill.values)
        absent = _url(app, rule, {**fill.values, **_numbers(fill)}) if fill.things else None
        for method in sorted((rule.methods or set()) - IMPLIED):
            yield Door(method, url, rule.endpoint, policy, methods, fill.things, fill.key, fill.crossed, absent)


def _url(app: Flask, rule: Rule, values: Mapping[str, Any]) -> str:
    method = next(iter(rule.methods or ()))
    return app.url_map.bind("localhost").build(rule.endpoint, dict(values), method=method)


def _numbers(fill: _Fill) -> dict[str, int]:
    """Give the argument that names the thing itself a number that nothing has."""
    named = [name for name, value in fill.values.items() if fill.things and value == fill.things[0].id]
    return {named[0]: ABSENT} if named else {}


def _fills(app: Flask, rule: Rule, world: World, furniture: Furniture) -> Iterator[_Fill]:
    plain = {name: _plain(app, rule, name, world) for name in rule.arguments}
    numbers = [name for name in sorted(rule.arguments) if furniture.kind_at(rule.endpoint, name)]
    free = {name: found for name, found in plain.items() if found and name not in numbers}
    for place, fill in enumerate(_of_things(rule, numbers, world, furniture)):
        rest = rule.arguments - fill.values.keys()
        if not rest <= free.keys():
            continue
        width = max((len(free[name]) for name in rest), default=1) if not fill.things else 1
        for turn in range(width):
            values = {name: free[name][(place + turn) % len(free[name])] for name in sorted(rest)}
            yield _Fill({**values, **fill.values}, fill.things, fill.key, fill.crossed)


def _plain(app: Flask, rule: Rule, name: str, world: World) -> list[Any]:
    converter = rule._converters[name]
    given = world.values.get(f"{rule.endpoint} {name}") or world.values.get(name, [])
    return sorted(converter.items) if isinstance(converter, AnyConverter) else given


def _of_things(rule: Rule, numbers: list[str], world: World, furniture: Furniture) -> Iterator[_Fill]:
    if "token" in rule.arguments:
        yield from _of_keys(rule, world, furniture)
    elif {"kind", "number"} == rule.arguments:
        for thing in chain.from_iterable(world.things[kind] for kind in world.values["followed"]):
            yield _Fill({"kind": thing.kind, "number": thing.id}, (thing,))
    elif len(numbers) > 1:
        yield from _pairs({name: furniture.kind_at(rule.endpoint, name) for name in numbers}, world)
    elif numbers:
        for thing in world.things.get(furniture.kind_at(rule.endpoint, numbers[0]) or "", []):
            yield _Fill({numbers[0]: thing.id}, (thing,))
    else:
        yield _Fill({})


def _of_keys(rule: Rule, world: World, furniture: Furniture) -> Iterator[_Fill]:
    scope = furniture.scopes[rule.endpoint]
    for key in world.keys.get(scope, []):
        wanted = rule.arguments - {"token"}
        if wanted <= key.beside.keys():
            yield _Fill({"token": key.text, **{name: key.beside[name] for name in wanted}}, (), key)


def _pairs(numbers: Mapping[str, str | None], world: World) -> Iterator[_Fill]:
    """Give a child under its parent, then under another; what has no parent is paired in turn."""
    kinds = {name: world.things.get(kind or "", []) for name, kind in numbers.items()}
    child = next((name for name in numbers if any(thing.within for thing in kinds[name])), None)
    if child is None:
        for place in range(max(map(len, kinds.values()))):
            chosen = {name: things[place % len(things)] for name, things in kinds.items()}
            yield _Fill({name: thing.id for name, thing in chosen.items()}, tuple(chosen.values()))
        return
    for thing in kinds[child]:
        above = next(iter(thing.within))
        for parent in kinds[above]:
            crossed = parent.id != thing.within[above]
            yield _Fill({above: parent.id, child: thing.id}, (thing, parent), crossed=crossed)
