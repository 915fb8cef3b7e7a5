"""Where workers wait for each other, before TensorFlow: it would wait for an hour, deaf to signals.

All but the chief connect to the chief's address and send their rank; once all are there, each gets a byte.
"""

import socket
import time
from contextlib import ExitStack, suppress

from sentiment.errors import UserError
from sentiment.training.tf_config import Place

RANK = 4  # bytes
PAUSE, ANSWER = 0.2, 5.0  # seconds between two attempts to connect; for a rank to come, once connected


def meet(place: Place, patience: float) -> None:
    """Return once all workers are there; raises UserError where they are not within `patience` seconds."""
    deadline = time.monotonic() + patience
    try:
        (_join if place.rank else _gather)(place, deadline)
    except TimeoutError:
        others = ", ".join(one for rank, one in enumerate(place.addresses) if rank != place.rank)
        problem = f"{place}: not all others came within {patience:.0f} s"
        raise UserError(
            f"{problem}: {others}; start them all, with the same addresses in TF_CONFIG"
        ) from None


def _gather(place: Place, deadline: float) -> None:
    """The chief's part: raises TimeoutError, or UserError where the port is taken."""
    address = place.addresses[0]
    waiting: dict[int, socket.socket] = {}
    with ExitStack() as stack:
        try:
            server = stack.enter_context(socket.create_server(("", _split(address)[1])))
        except OSError as error:
            raise UserError(f"{place}: cannot listen at {address}, as TF_CONFIG says: {error}") from None
        while len(waiting) < len(place.addresses) - 1:
            server.settimeout(_left(deadline))
            connection = stack.enter_context(server.accept()[0])
            connection.settimeout(ANSWER)
            with suppress(OSError):  # somebody else, such as a scanner of ports
                rank = int.from_bytes(connection.recv(RANK), "big")
                if 0 < rank < len(place.addresses):
                    waiting[rank] = connection
        server.close()  # before TensorFlow listens there
        for connection in waiting.values():
            with suppress(OSError):  # it has gone again, and TensorFlow will tell
                connection.sendall(b"!")


def _join(place: Place, deadline: float) -> None:
    while True:
        with (
            suppress(OSError),  # the chief is not there yet, or has gone again
            socket.create_connection(_split(place.addresses[0]), min(ANSWER, _left(deadline))) as connection,
        ):
            connection.sendall(place.rank.to_bytes(RANK, "big"))
            connection.settimeout(_left(deadline))
            if connection.recv(1):
                return
        time.sleep(min(PAUSE, _left(deadline)))


def _left(deadline: float) -> float:
    """The seconds that are left; raises TimeoutError if there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _split(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)
