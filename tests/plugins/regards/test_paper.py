"""The sheet that visitors scan, on paper, in a real browser (C35 SPEC 2)."""

from __future__ import annotations

import re

import pytest

from tests.plugins.regards.test_at_the_fair import fair  # noqa: F401
from tests.review.serving import served

PLUGINS = ["programmes", "regards"]
PAGE = re.compile(rb"/Type\s*/Page\b")
MM = 25.4 / 96
pytestmark = pytest.mark.browser


def test_the_code_is_one_poster_that_is_scanned_from_afar(app, browser, sign_in, fair):  # noqa: F811
    cookie = next(iter(sign_in(fair.zoe)._cookies.values()))
    with served(app) as base:
        context = browser.new_context(base_url=base, locale="fr-FR", viewport={"width": 794, "height": 1123})
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": base}])
        page = context.new_page()
        page.emulate_media(media="print")
        page.goto(f"/regards/{fair.board}/code")
        assert page.locator(".qr img").bounding_box()["width"] * MM >= 80
        assert len(PAGE.findall(page.pdf(format="A4", prefer_css_page_size=True))) == 1
        context.close()
