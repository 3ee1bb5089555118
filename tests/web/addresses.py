"""Every address of an app, made callable: tests generated from the URL map find the door that was forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask
from werkzeug.routing import Rule

from portal.web.policy import Policy, policy_of

EXAMPLES = {
    "topic": ["accessibilite", "mentions-legales", "donnees-personnelles", "ecoconception"],
    "name": ["portal.css"],
    "plugin": ["labs"],
    "token": ["1.x"],
    "fmt": ["csv", "json"],
    "year": [2026],
    "kind": ["people"],
}


@dataclass(frozen=True)
class Door:
    """One address and method, and who its policy lets in."""

    method: str
    url: str
    endpoint: str
    policy: Policy


def doors(app: Flask) -> Iterator[Door]:
    """Give every address × method of an app, its numbers filled with 1."""
    for rule in app.url_map.iter_rules():
        policy = policy_of(app.view_functions[rule.endpoint])
        for url in _urls(app, rule):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield Door(method, url, rule.endpoint, policy)


def _urls(app: Flask, rule: Rule) -> Iterator[str]:
    choices = [EXAMPLES.get(name, [1]) for name in sorted(rule.arguments)]
    for number in range(max([len(choice) for choice in choices], default=1)):
        values = {name: EXAMPLES.get(name, [1])[number % len(EXAMPLES.get(name, [1]))] for name in rule.arguments}
        with app.test_request_context():
            yield app.url_map.bind("localhost").build(rule.endpoint, values, method=next(iter(rule.methods or [])))
