"""The front of the review compresses what nginx would, and nothing else."""

from __future__ import annotations

import gzip

import pytest
from flask import Flask, Response
from werkzeug.test import Client

from tests.review.serving import compressed


@pytest.mark.parametrize(("status", "is_smaller"), [(200, True), (404, True), (206, False)])
def test_a_whole_text_is_compressed_and_a_part_of_one_never(status, is_smaller):
    app = Flask(__name__)
    app.add_url_rule("/", view_func=lambda: Response("canari " * 99, status=status, mimetype="text/plain"))
    answer = Client(compressed(app)).get("/")
    assert (answer.headers.get("Content-Encoding") == "gzip") is is_smaller
    assert (gzip.decompress(answer.data) if is_smaller else answer.data) == b"canari " * 99
