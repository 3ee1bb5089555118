"""Where what people typed stands in a page, and how it may break there."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from portal.web.addresses import breakable


def test_an_email_address_breaks_after_its_at_and_its_dots_and_stays_text():
    assert breakable("<b>awa.m@ville.example") == "&lt;b&gt;awa.<wbr>m@<wbr>ville.<wbr>example"


@pytest.mark.parametrize("kept", ["Bureau 2.14", Markup('<a href="mailto:a@b.example">écrire</a>'), 12, None])
def test_whatever_is_no_address_is_left_as_it_is(kept):
    assert breakable(kept) is kept
