"""The whole plate stage on pictures, against the parts that it grew out of.

Run: python -m tests.bench.plates --labels FILE.csv [--json FILE] [--legs N] [--most N]

Ours is what `evaluate plates` runs: picture in, voted text out. The peer is the plain
pipeline of two well-known packages: fastanpr's locator through `YOLO.predict`, its
surest box cut out with a margin of 3 %, and rapidocr's recognition of that. Both have
two threads; wall-clock time per picture, decoding not counted. How much each reads
right stands in the notes: speed says nothing without it.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from app.config.paths import Paths
from app.domain.geometry import PixelBox
from ml import weights
from ml.environment import load_ultralytics
from ml.evaluate.plate_labels import normal, read_table
from ml.evaluate.plate_search import find_plates
from ml.plate.reader import TrackPlateReader, cut, open_plate_reader
from ml.plate.vote import Publication
from tests.bench.legs import Comparison, alternate, parser, report

Image = npt.NDArray[np.uint8]
Read = Callable[[Image], set[str]]

GOAL = 0.52
"""60 ms, where the peer needs 115 ms."""
_THREADS = 2
_MARGIN = 0.03


@dataclass(frozen=True, slots=True)
class Sample:
    """A decoded picture and the plates that people read in it."""

    image: Image
    plates: frozenset[str]


def samples(table: Path, most: int | None) -> list[Sample]:
    """Decode the pictures of a table."""
    found = []
    for path, labels in list(read_table(table).pictures.items())[:most]:
        image = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if image is not None:
            texts = frozenset(label.text for label in labels)
            found.append(Sample(np.asarray(image, np.uint8), texts))
    return found


def ours(reader: TrackPlateReader) -> Read:
    """Return the product's plate stage."""

    one_picture = Publication(min_agreeing=1)

    def read(image: Image) -> set[str]:
        plates = [p.read for p in find_plates(image, reader) if p.read is not None]
        votes = [reader.vote([plate], one_picture) for plate in plates]
        return {normal(v.alternatives[0].text) for v in votes if v.alternatives}

    return read


def peer(models: Path) -> Read:
    """Return fastanpr's locator with rapidocr's recognition behind it."""
    from rapidocr import RapidOCR

    locator = load_ultralytics(models).YOLO(
        str(weights.pull(weights.PLATE_LOCATOR, models)), task="detect"
    )
    threads = {"EngineConfig.onnxruntime.intra_op_num_threads": _THREADS}
    recognise = RapidOCR(params={"Global.log_level": "error", **threads})

    def read(image: Image) -> set[str]:
        boxes = locator.predict(image, verbose=False)[0].boxes
        if not len(boxes):
            return set()
        corners = boxes.xyxy[int(boxes.conf.argmax())].tolist()
        crop = cut(image, PixelBox(*corners), (_MARGIN, _MARGIN))[0]
        seen = recognise(crop, use_det=False, use_cls=False, use_rec=True)
        return {normal("".join(seen.txts or ()))}

    return read


def ms_per_picture(read: Read, pictures: Sequence[Sample]) -> float:
    """Return the mean time of a picture, in ms."""
    began = time.perf_counter()
    for sample in pictures:
        read(sample.image)
    return (time.perf_counter() - began) * 1000 / len(pictures)


def exact_share(read: Read, pictures: Sequence[Sample]) -> float:
    """Return the share of labelled plates that are among what is read."""
    hits = [plate in read(s.image) for s in pictures for plate in s.plates]
    return sum(hits) / max(len(hits), 1)


def compare(table: Path, most: int | None, legs: int) -> Comparison:
    """Measure in turns on the pictures of a table."""
    import torch

    torch.set_num_threads(_THREADS)
    cv2.setNumThreads(1)
    models, pictures = Paths.default().models, samples(table, most)
    reader = open_plate_reader(models, country="ANY", threads=_THREADS)
    mine, theirs = ours(reader), peer(models)
    times = alternate(
        lambda: ms_per_picture(mine, pictures),
        lambda: ms_per_picture(theirs, pictures),
        legs,
    )
    shares = [100 * exact_share(read, pictures) for read in (mine, theirs)]
    return Comparison(
        name="plates in pictures, against fastanpr's locator with rapidocr",
        unit="ms per picture",
        ours=times[0],
        peer=times[1],
        higher_is_better=False,
        goal=GOAL,
        extra={
            "pictures": len(pictures),
            "notes": [
                f"exactly right of {len(pictures)} pictures: "
                f"ours {shares[0]:.1f} %, peer {shares[1]:.1f} %"
            ],
        },
    )


def main() -> None:
    """Run from the command line."""
    options = parser("The plate stage on pictures.")
    options.add_argument("--labels", type=Path, required=True, metavar="FILE")
    options.add_argument("--most", type=int, metavar="N")
    chosen = options.parse_args()
    report(compare(chosen.labels, chosen.most, chosen.legs), chosen.json)


if __name__ == "__main__":
    main()
