"""The benchmark measures what it says, at a small size."""

from pathlib import Path

from app.evidence.folder_blobs import FolderBlobs
from app.evidence.store import BlobEvidenceStore
from tests.bench.sealed_evidence import Sources, compare, raw_rate, sealed_rate


def test_both_write_all_of_it_each_time(tmp_path: Path) -> None:
    """New files in each leg, for the store would keep equal ones once."""
    (tmp_path / "memory").mkdir()
    sources = Sources(tmp_path / "memory", 3000, 2)
    store = BlobEvidenceStore(FolderBlobs(tmp_path / "store", floor_bytes=0))
    for legs in (1, 2):
        assert sealed_rate(store, sources) > 0
        assert len(list(store.names())) == 2 * legs
    assert raw_rate(tmp_path, sources) > 0
    assert [path.stat().st_size for path in tmp_path.glob("*.raw")] == [3000, 3000]


def test_it_runs_in_turns(tmp_path: Path) -> None:
    comparison = compare(legs=1, size_bytes=300_000, files=2, disk=tmp_path)
    assert comparison.median_ratio > 0
    assert list(tmp_path.iterdir()) == []
