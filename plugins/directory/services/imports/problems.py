"""What can be wrong with a line, why, and what to do: the words of the report."""

from __future__ import annotations

from collections.abc import Mapping

from portal.api import texts

_ = texts("directory")
PROBLEMS: Mapping[str, tuple[str, str]] = {
    "endless": (
        _.later("A cell goes on for many lines: a quotation mark is opened and not closed."),
        _.later("Close it, or double it, in the file."),
    ),
    "too_many_cells": (
        _.later("There are more cells than titles."),
        _.later("A separator stands inside a cell: put that cell between quotation marks."),
    ),
    "no_key": (
        _.later("Neither a staff number nor an e-mail address: nobody can be recognised, and never by name."),
        _.later("Write one of the two."),
    ),
    "no_name": (_.later("The name is missing."), _.later("Write the name.")),
    "no_code": (_.later("The code of the service is missing."), _.later("Write the code.")),
    "too_long": (_.later("This is longer than %(detail)s letters."), _.later("Shorten it.")),
    "control": (_.later("This holds a sign that no keyboard types."), _.later("Type this cell again.")),
    "turning": (
        _.later("This holds an invisible sign that turns the text around."),
        _.later("Type this cell again."),
    ),
    "mangled": (
        _.later("The accents are broken: the file was converted twice."),
        _.later("Export the file again as “CSV UTF-8”."),
    ),
    "formula": (_.later("This begins like a formula of a spreadsheet."), _.later("Take the first sign away.")),
    "bad_email": (
        _.later("This is no e-mail address."),
        _.later("Write it as name@place.fr, or leave the cell empty."),
    ),
    "scientific": (
        _.later("The spreadsheet rewrote this number."),
        _.later("Give the column the format “Text”, and export again."),
    ),
    "zeros": (
        _.later("The portal knows this staff number as %(detail)s: the spreadsheet may have dropped the first zeros."),
        _.later("Give the column the format “Text”, and export again."),
    ),
    "bad_date": (_.later("This is no day."), _.later("Write it as 31/12/2027.")),
    "far_date": (_.later("Nobody here lives in that year."), _.later("Correct the year.")),
    "twice": (
        _.later("Line %(detail)s already says this person or this service."),
        _.later("Keep one of the two lines."),
    ),
    "address_taken": (
        _.later("This address belongs to another person, or stands on another line."),
        _.later("Give each person their own; if the other one leaves, import again afterwards."),
    ),
    "service_unclear": (
        _.later("Several services have this name."),
        _.later("Write the way to it, “Direction / Service”, or its code."),
    ),
    "service_closed": (_.later("This code is that of a closed service."), _.later("Give the service another code.")),
    "service_named_twice": (
        _.later("This code has another name on line %(detail)s."),
        _.later("Give each service one name."),
    ),
    "service_unknown": (
        _.later("No service has this code, and the line does not name it."),
        _.later("Add the name of the service, or import the services first."),
    ),
    "superior_unknown": (
        _.later("Nobody has this number, here or in the file: the superior is left as it is."),
        _.later("Write the staff number of somebody who is here."),
    ),
    "superior_refused": (
        _.later("The line of this superior is refused: the superior is left as it is."),
        _.later("Correct that line, then import again."),
    ),
    "superior_self": (
        _.later("Nobody is their own superior: the superior is left as it is."),
        _.later("Write another number, or leave the cell empty."),
    ),
    "superior_cycle": (
        _.later("These people stand above one another in a circle: %(detail)s. The superior is left as it is."),
        _.later("Correct one of these lines."),
    ),
    "parent_unknown": (
        _.later("No service has this code, here or in the file."),
        _.later("Write the code of a service, or leave the cell empty."),
    ),
    "parent_cycle": (
        _.later("These services stand under one another in a circle: %(detail)s."),
        _.later("Correct one of these lines."),
    ),
    "gone": (
        _.later("The last day of this person is past, and they are not here."),
        _.later("Nothing to do."),
    ),
    "absent": (_.later("The file no longer names this person."), ""),
    "past_day": (_.later("The last day of this person is past."), ""),
    "never_listed": (
        _.later("No import ever found this person in its file: they stay."),
        _.later("If they have left, say so on their page."),
    ),
    "yourself": (_.later("This is you: nobody leaves by their own import."), ""),
    "last_administrator": (
        _.later("The last administrator stays."),
        _.later("Make somebody else an administrator first."),
    ),
}


def why(problem: str, detail: str) -> str:
    """Say what is wrong."""
    return str(PROBLEMS[problem][0]) % {"detail": detail} if problem else ""


def what_to_do(problem: str) -> str:
    """Say what to do about it."""
    return str(PROBLEMS[problem][1]) if problem else ""
