from sentiment.system import machine
from sentiment.training import timing


def test_the_median_epoch_of_this_very_file(tmp_path):
    network = tmp_path / "model.keras"
    assert timing.read(network) is None
    network.write_bytes(b"weights")
    assert timing.read(network) is None
    timing.write(network, [9.04, 2.0, 3.06])
    assert timing.read(network) == {"seconds": 3.1, "processor": machine.processor()}
    network.write_bytes(b"other weights")
    assert timing.read(network) is None
