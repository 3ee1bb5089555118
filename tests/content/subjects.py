"""A plugin that owns two kinds of subject and one kind of link, for the tests of the content wing."""

from __future__ import annotations

from portal.values import LinkKind, Subject, SubjectCard
from portal.web.builtin import hookimpl

BED, PLANT = Subject("garden.bed", 1), Subject("seeds.plant", 7)


class Room:
    """A plugin whose subjects are read by all agents, unless only some people may."""

    def __init__(self, plugin, titles):
        self.plugin, self.titles, self.private = plugin, titles, {}

    @hookimpl
    def portal_subjects(self, kind, ids, viewer):
        some = (Subject(kind, number) for number in ids)
        there = [one for one in some if one in self.titles and self.is_open(one, viewer)]
        return [SubjectCard(self.titles[one], f"/{self.plugin}/{one.id}", one) for one in there]

    def is_open(self, subject, viewer):
        only = self.private.get(subject)
        return viewer.is_agent and (only is None or viewer.person_id in only)


def rooms(app, plug):
    """Switch on `garden` (it declares the link) and `seeds`."""
    garden, seeds = Room("garden", {BED: "Le carré nord"}), Room("seeds", {PLANT: "Les fèves"})
    plug(garden, "garden")
    plug(seeds, "seeds")
    app.config["SUBJECT_KINDS"] |= {"garden.bed", "seeds.plant"}
    app.config["FOLLOWED_KINDS"] |= {"garden.bed", "seeds.plant"}
    app.config["LINK_KINDS"] = {"garden.grows": LinkKind("garden.grows", "fait pousser", "pousse dans")}
    return garden, seeds


def switch_off(app, plugin):
    """Take a plugin of these out, as a rebuilt app would."""
    hooks = app.extensions["portal_hooks"]
    hooks._manager.unregister(name=plugin)
    hooks.plugin_ids.remove(plugin)
    app.config["SUBJECT_KINDS"] = frozenset(k for k in app.config["SUBJECT_KINDS"] if not k.startswith(f"{plugin}."))
    app.config["LINK_KINDS"] = {k: v for k, v in app.config["LINK_KINDS"].items() if not k.startswith(f"{plugin}.")}
