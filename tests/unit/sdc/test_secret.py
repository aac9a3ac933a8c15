"""The secret that decides among near-equal choices."""

import stat

from evalbook.sdc.secret import FILE, drawn, secret_of


def test_a_data_folder_keeps_its_own_secret_where_only_the_owner_reads_it(tmp_path):
    first = secret_of(tmp_path / "one")
    assert len(first) == 32
    assert secret_of(tmp_path / "one") == first != secret_of(tmp_path / "two")
    assert stat.S_IMODE((tmp_path / "one" / FILE).stat().st_mode) == 0o600


def test_the_same_seed_makes_the_same_secret_and_no_file(tmp_path):
    assert secret_of(tmp_path, seed=1) == secret_of(tmp_path / "elsewhere", seed=1)
    assert secret_of(tmp_path, seed=1) != secret_of(tmp_path, seed=2)
    assert not (tmp_path / FILE).exists()


def test_a_draw_depends_on_the_secret_and_on_every_name():
    draws = {drawn(b"a", "x", "y"), drawn(b"b", "x", "y"), drawn(b"a", "xy"), drawn(b"a", "x", "z")}
    assert len(draws) == 4
    assert all(0 <= each < 1 for each in draws)
