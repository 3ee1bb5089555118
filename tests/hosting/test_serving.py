"""`portal run` as the account that runs it sees it."""

from __future__ import annotations

from tests.hosting.servers import served


def test_the_server_opens_no_door_but_its_port_and_leaves_nothing_at_home(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    with served(tmp_path / "instance", environment={"HOME": str(home), "XDG_RUNTIME_DIR": ""}) as server:
        assert server.ask("/healthz")[0] == 200
    assert not list(home.rglob("*"))
