"""server/address.py: where the server listens, and its names there."""

import socket

import pytest

from sentiment.errors import UserError
from sentiment.server import address


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "127.1", "LOCALHOST", "0.0.0.0"])
def test_it_has_only_local_names_however_they_are_spelt_unless_other_machines_may_call_it(host):
    with address.listen(host, 0) as listener:
        names = {"127.0.0.1", "[::1]", "localhost", host.lower(), listener.getsockname()[0]}
        assert address.host_names(listener, host) == (set() if host == "0.0.0.0" else names)


def test_it_listens_on_ipv6():
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    with address.listen("0::1", 0) as listener:
        assert address.url(listener) == f"http://[::1]:{listener.getsockname()[1]}"
        assert address.host_names(listener, "0::1") == {"127.0.0.1", "[::1]", "localhost", "[0::1]"}


def test_the_path_of_a_proxy_begins_with_a_slash_and_does_not_end_in_one():
    found = [address.prefix(path) for path in ("", "/", "app", "/app/", "/a/b-1.x")]
    assert found == ["", "", "/app", "/app", "/a/b-1.x"]
    for wrong in ("https://example.com/app", "/app?x", "/a b", '/"'):
        with pytest.raises(UserError, match="expected a path such as /app"):
            address.prefix(wrong)
