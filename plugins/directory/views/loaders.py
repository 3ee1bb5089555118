"""What the pages load before they answer: absent and gone are the same 404 (trust P3)."""

from __future__ import annotations

from portal.api import (
    FunctionCard,
    NotFound,
    Person,
    ServiceCard,
    Viewer,
    function_cards,
    now,
    person,
    service,
    texts,
)

_ = texts("directory")


def one_person(viewer: Viewer, *, person_id: int) -> Person:
    """Give a person who is here.

    :raises NotFound: nobody, or they left
    """
    found = person(person_id)
    if found.has_left:
        raise NotFound(_("Nobody here has this name."))
    return found


def one_service(viewer: Viewer, *, service_id: int) -> ServiceCard:
    """Give a service, open or closed.

    :raises NotFound: there is none
    """
    return service(service_id)


def one_function(viewer: Viewer, *, function_id: int) -> FunctionCard:
    """Give a function with whoever holds it now.

    :raises NotFound: there is none
    """
    found = function_cards([function_id], at=now())
    if function_id not in found:
        raise NotFound(_("There is no such function here."))
    return found[function_id]
