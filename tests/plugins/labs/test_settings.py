"""What a collectivity sets for its labs (C01 SPEC 2 and 8)."""

from __future__ import annotations

from tests.reading import words

PLUGINS = ["labs"]
URL = "/plugins/labs/settings"
NEW = {"name": "Labo Voirie", "place": "", "text": "Le lieu", "review_on": "2030-01-01"}


def longest(client):
    """Give the longest duration that the form of an opening offers in the first lab."""
    return client.get("/labs/1/settings").text


def test_a_new_lab_begins_with_the_duration_of_the_collectivity(sign_in, make_user, post):
    """C01 SPEC 2: one day, unless the collectivity chose otherwise."""
    odile = make_user("Odile F.", role="admin")
    admin = sign_in(odile)
    assert post(admin, "/labs/new", {**NEW, "animator": "Odile F."}).status_code == 303
    assert '<option selected value="1440">' in longest(admin)
    assert post(admin, URL, {"max_minutes": str(7 * 1440), "guests_an_hour": "20"}).status_code == 303
    assert '<option selected value="1440">' in longest(admin)  # a lab that exists keeps its own
    post(admin, "/labs/new", {**NEW, "name": "Labo Parcs", "animator": "Odile F."})
    assert '<option selected value="10080">' in admin.get("/labs/2/settings").text


def test_no_duration_beyond_ninety_days_and_no_more_than_twenty_guests(sign_in, make_user, post):
    """C01 SPEC 2 and 8."""
    admin = sign_in(make_user("Odile F.", role="admin"))
    assert post(admin, URL, {"max_minutes": str(91 * 1440), "guests_an_hour": "20"}).status_code == 422
    refused = post(admin, URL, {"max_minutes": "60", "guests_an_hour": "21"})
    assert refused.status_code == 422
    assert "Personnes invitées" in words(refused)
