"""The secret that decides among near-equal choices."""

import stat

from evalbook.sdc.secret import FILE, drawn, secret_of


def test_a_data_folder_keeps_its_own_secret_where_only_the_owner_reads_it(tmp_path):
    (tmp_path / "one").mkdir()
    first = secret_of(tmp_path / "one", tmp_path)
    assert len(first) == 32
    assert secret_of(tmp_path / "one", tmp_path) == first != secret_of(tmp_path / "two", tmp_path)
    assert stat.S_IMODE((tmp_path / "one" / FILE).stat().st_mode) == 0o600


def test_without_a_folder_to_write_to_the_project_keeps_the_secret(tmp_path):
    shared = tmp_path / "shared"
    first = secret_of(shared, tmp_path / "project")
    assert secret_of(shared, tmp_path / "project") == first
    assert secret_of(shared, tmp_path / "another") != first


def test_synthetic_persons_have_the_same_secret_everywhere_and_no_file(tmp_path):
    made = secret_of(tmp_path, tmp_path, synthetic=True)
    assert made == secret_of(tmp_path / "elsewhere", tmp_path, synthetic=True)
    assert not (tmp_path / FILE).exists()


def test_a_draw_depends_on_the_secret_and_on_every_name():
    draws = {drawn(b"a", "x", "y"), drawn(b"b", "x", "y"), drawn(b"a", "xy"), drawn(b"a", "x", "z")}
    assert len(draws) == 4
    assert all(0 <= each < 1 for each in draws)
