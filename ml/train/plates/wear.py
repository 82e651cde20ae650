"""Makes clean plates look like those that a camera sees.

Everything is drawn from the generator that is given: dirt, light, angle, motion, the
camera's few pixels, its noise and its compression, and a crop that is not quite right.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]

_PAD = 0.35
"""How much of the car around a plate is drawn, as a share of the plate's height."""


@dataclass(frozen=True, slots=True)
class Wear:
    """How hard pictures are made, 0 (clean) to 1.

    `least_height_px` is the height of the smallest plates, before they are enlarged.
    """

    strength: float = 1.0
    least_height_px: int = 13
    most_height_px: int = 60


def worn(
    plate: Picture,
    rng: np.random.Generator,
    wear: Wear,
    rows: tuple[float, float] = (0.0, 1.0),
) -> Picture:
    """Return a BGR crop of the plate as some camera saw it, of any size.

    `rows`: the part of its height that is cut out, as shares.
    """
    dirty = _dirt(plate, rng, wear.strength)
    scene, corners = _on_a_car(dirty, rng)
    corners[:2, 1] += np.float32(rows[0] * plate.shape[0])
    corners[2:, 1] -= np.float32((1 - rows[1]) * plate.shape[0])
    seen = _turned(scene, corners, rng, wear.strength)
    return pictured(_lit(seen, rng, wear.strength), rng, wear)


def pictured(crop: Picture, rng: np.random.Generator, wear: Wear) -> Picture:
    """Return the crop with few pixels, blur, noise and compression."""
    height = rng.uniform(wear.least_height_px, wear.most_height_px)
    if crop.shape[0] > height:
        scale = height / crop.shape[0]
        size = (max(12, round(crop.shape[1] * scale)), max(8, round(height)))
        how = (cv2.INTER_AREA, cv2.INTER_LINEAR)[int(rng.integers(2))]
        crop = np.asarray(cv2.resize(crop, size, interpolation=how), np.uint8)
    crop = _blurred(crop, rng, wear.strength)
    crop = _noisy(crop, rng, wear.strength)
    if rng.random() < 0.7:
        quality = int(rng.integers(25, 95))
        _, code = cv2.imencode(".jpg", crop, [cv2.IMWRITE_JPEG_QUALITY, quality])
        crop = np.asarray(cv2.imdecode(code, cv2.IMREAD_COLOR), np.uint8)
    return crop


def _dirt(plate: Picture, rng: np.random.Generator, strength: float) -> Picture:
    image = plate.astype(np.float32)
    height, width = plate.shape[:2]
    if rng.random() < 0.5 * strength:
        small = rng.random((4, 10)).astype(np.float32)
        cover = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
        share = np.clip((cover - 0.55) * rng.uniform(0.5, 2.2), 0, 0.85)[..., None]
        colour = rng.uniform(40, 150) + rng.normal(0, 8, 3)
        image = image * (1 - share) + colour * share
    for _ in range(int(rng.integers(0, 4)) if rng.random() < 0.3 * strength else 0):
        x, y = int(rng.integers(width)), int(rng.integers(height))
        axes = (int(rng.integers(2, 14)), int(rng.integers(1, 7)))
        spot = rng.uniform(30, 220, 3).tolist()
        cv2.ellipse(image, (x, y), axes, rng.uniform(0, 180), 0, 360, spot, -1)
    return np.clip(image, 0, 255).astype(np.uint8)


def _on_a_car(
    plate: Picture, rng: np.random.Generator
) -> tuple[Picture, npt.NDArray[np.float32]]:
    """Return the plate amid a car's paint, and its corners there, (4, 2) px."""
    height, width = plate.shape[:2]
    pad = round(height * _PAD)
    base = rng.uniform(10, 235) + rng.normal(0, 12, 3)
    scene = np.empty((height + 2 * pad, width + 2 * pad, 3), np.float32)
    slope = np.linspace(-1, 1, scene.shape[0], dtype=np.float32) * rng.uniform(-50, 50)
    scene[:] = base.astype(np.float32) + slope[:, None, None]
    noise = rng.standard_normal(scene.shape[:2], dtype=np.float32)
    scene += (noise * np.float32(rng.uniform(0, 12)))[..., None]
    if rng.random() < 0.5:
        # The dealer's frame.
        edge = int(rng.integers(2, max(3, pad // 2)))
        tone = float(rng.choice([15, 30, 190]))
        scene[pad - edge : pad + height + edge, pad - edge : pad + width + edge] = tone
    scene[pad : pad + height, pad : pad + width] = plate
    if rng.random() < 0.25:
        _framed(scene[pad : pad + height, pad : pad + width], rng)
    corners = _corners(width, height) + np.float32(pad)
    return np.clip(scene, 0, 255).astype(np.uint8), corners


def _framed(plate: npt.NDArray[np.float32], rng: np.random.Generator) -> None:
    """Lay a frame over the rim of a plate, with some scribble as on a dealer's."""
    height, width = plate.shape[:2]
    thick = [int(height * rng.uniform(0.01, most)) for most in (0.14, 0.14, 0.06, 0.06)]
    tone = float(rng.choice([12, 40, 170, 225])) + rng.normal(0, 8, 3)
    top, bottom = plate[: thick[0]], plate[height - thick[1] :]
    for part in (top, bottom, plate[:, : thick[2]], plate[:, width - thick[3] :]):
        part[:] = tone
    other = 255 - tone
    for part in (top, bottom):
        if part.shape[0] < 4 or rng.random() < 0.5:
            continue
        for x in range(int(width * 0.2), int(width * 0.8), max(3, part.shape[0] // 2)):
            if rng.random() < 0.75:
                part[1:-1, x : x + max(1, part.shape[0] // 3)] = other


def _turned(
    scene: Picture,
    corners: npt.NDArray[np.float32],
    rng: np.random.Generator,
    strength: float,
) -> Picture:
    """Return what a locator's upright box around the turned plate holds."""
    height, width = scene.shape[:2]
    angle = np.radians(rng.normal(0, 5 * strength))
    shear = rng.normal(0, 0.12 * strength)
    squeeze = rng.uniform(0.7, 1.08)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    form = turn @ np.array([[squeeze, shear], [0, 1]])
    centre = np.array([width / 2, height / 2])
    frame = _corners(width, height)
    moved = (frame - centre) @ form.T + centre
    moved += rng.normal(0, 0.02 * strength, (4, 2)) * np.array([width, height])
    warp = cv2.getPerspectiveTransform(frame, moved.astype(np.float32))
    turned = cv2.warpPerspective(
        scene, warp, (width, height), borderMode=cv2.BORDER_REPLICATE
    )
    there = cv2.perspectiveTransform(corners[None], warp)[0]
    return _cropped(np.asarray(turned, np.uint8), there, rng)


def _corners(width: int, height: int) -> npt.NDArray[np.float32]:
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)


def _cropped(
    image: Picture, corners: npt.NDArray[np.float32], rng: np.random.Generator
) -> Picture:
    left, top = corners.min(axis=0)
    right, bottom = corners.max(axis=0)
    wide, high = right - left, bottom - top
    left, right = left - wide * loose(rng), right + wide * loose(rng)
    top, bottom = top - high * 2 * loose(rng), bottom + high * 2 * loose(rng)
    height, width = image.shape[:2]
    x0, y0 = int(np.clip(left, 0, width - 9)), int(np.clip(top, 0, height - 9))
    x1, y1 = int(np.clip(right, x0 + 8, width)), int(np.clip(bottom, y0 + 8, height))
    return image[y0:y1, x0:x1]


def loose(rng: np.random.Generator) -> float:
    """Return how far outside of the plate one edge of its box lies, as a share.

    Most boxes are good to a few hundredths; one in three is much wider.
    """
    edge = rng.normal(0.02, 0.025)
    return float(edge + (abs(rng.normal(0, 0.08)) if rng.random() < 0.4 else 0.0))


def _lit(image: Picture, rng: np.random.Generator, strength: float) -> Picture:
    light = image.astype(np.float32)
    height, width = image.shape[:2]
    if rng.random() < 0.3 * strength:
        # Faded paint, or haze.
        light = light.mean() + (light - light.mean()) * rng.uniform(0.3, 1.0)
    if rng.random() < 0.35 * strength:
        # The edge of a shadow.
        x = np.arange(width) - rng.uniform(0, width)
        y = (np.arange(height) - rng.uniform(0, height))[:, None]
        side = x * rng.normal() + y * rng.normal() > 0
        shade = np.where(side, 1.0, rng.uniform(0.25, 0.8))
        light *= shade.astype(np.float32)[..., None]
    if rng.random() < 0.15 * strength:
        at = rng.uniform(0, width), rng.uniform(0, height)
        far = np.hypot(np.arange(width) - at[0], (np.arange(height) - at[1])[:, None])
        glare = np.exp(-np.square(far / (height * 0.6)))
        light += (rng.uniform(60, 200) * glare).astype(np.float32)[..., None]
    gamma = float(np.exp(rng.normal(0, 0.35 * strength)))
    tones = 255 * np.power(np.arange(256) / 255, gamma)
    light = tones[np.clip(light, 0, 255).astype(np.uint8)].astype(np.float32)
    least = 0.12 if rng.random() < 0.1 * strength else 0.4
    gain, lift = rng.uniform(least, 1.15), rng.uniform(-20, 30)
    tint = (gain * rng.normal(1, 0.06, 3)).astype(np.float32)
    seen = np.clip(light * tint + np.float32(lift), 0, 255)
    return np.asarray(seen, np.uint8)


def _blurred(image: Picture, rng: np.random.Generator, strength: float) -> Picture:
    chance = rng.random()
    if chance < 0.35:
        sigma = rng.uniform(0.3, 1.1) * max(0.3, strength) * image.shape[0] / 28
        return np.asarray(cv2.GaussianBlur(image, (0, 0), max(sigma, 0.2)), np.uint8)
    if chance < 0.5:
        length = int(rng.integers(2, max(3, image.shape[0] // 6)))
        kernel = np.zeros((length, length), np.float32)
        kernel[length // 2] = 1 / length
        if rng.random() < 0.4:
            kernel = kernel.T.copy()
        return np.asarray(cv2.filter2D(image, -1, kernel), np.uint8)
    if chance < 0.7:
        # Cameras sharpen, and leave bright rims around dark signs.
        soft = cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.6, 1.5)))
        much = float(rng.uniform(0.3, 1.5) * max(0.3, strength))
        sharp = cv2.addWeighted(image, 1 + much, soft, -much, 0)
        return np.asarray(sharp, np.uint8)
    return image


def _noisy(image: Picture, rng: np.random.Generator, strength: float) -> Picture:
    sigma = np.float32(abs(rng.normal(0, 7 * strength)))
    shape = image.shape if rng.random() < 0.5 else (*image.shape[:2], 1)
    noise = rng.standard_normal(shape, dtype=np.float32) * sigma
    return np.clip(image + noise, 0, 255).astype(np.uint8)
