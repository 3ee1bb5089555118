"""Working days know the public holidays, those of Alsace-Moselle and of the overseas territories too (C07)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from portal.content.settings import write_words

from plugins.copils.queries.calendar import working_days_after, working_days_before
from tests.plugins.labs.pages import words

PLUGINS = ["copils"]


@pytest.mark.parametrize(
    ("zone", "expected"),
    [("", date(2018, 12, 28)), ("57", date(2018, 12, 31)), ("971", date(2018, 12, 28))],
)
def test_seven_working_days_step_over_christmas_and_saint_stephen_where_it_is_kept(zone, expected, writing, app):
    """C07 SPEC 4."""
    with writing():
        write_words("copils", "zone", words=[zone])
    with app.test_request_context():
        assert working_days_after(date(2018, 12, 18), 7) == expected


def test_the_abolition_of_slavery_is_a_holiday_in_its_territory_only(writing, app):
    """C07 SPEC 2: in Martinique, on 22 May."""
    with writing():
        write_words("copils", "zone", words=["972"])
    with app.test_request_context():
        assert working_days_after(date(2018, 5, 21), 1) == date(2018, 5, 23)


def test_three_working_days_before_keep_the_hour_of_the_copil(app):
    """C07 SPEC 2: Tuesday 12 December 2017, 14 h; the Thursday before, 14 h."""
    with app.test_request_context():
        assert working_days_before(datetime(2017, 12, 12, 13, tzinfo=UTC), 3) == datetime(2017, 12, 7, 13, tzinfo=UTC)


def test_the_hour_stays_though_the_clocks_change_between(app):
    """C07 SPEC 2: the clocks go back on 28 October 2018; 14 h is 12 h UTC before and 13 h UTC after."""
    with app.test_request_context():
        assert working_days_before(datetime(2018, 10, 30, 13, tzinfo=UTC), 3) == datetime(2018, 10, 25, 12, tzinfo=UTC)


def test_the_settings_say_whose_holidays_count_by_default(client, sign_in, make_user):
    """C07 SPEC 2 and 4."""
    sign_in(make_user("Chef", role="admin"))
    assert "Par défaut : France métropolitaine." in words(client.get("/plugins/copils/settings"))
