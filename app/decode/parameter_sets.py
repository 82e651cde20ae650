"""Whether a camera's picture has changed its form, told without decoding it."""

_START = b"\x00\x00\x01"
_SEARCHED_BYTES = 2048
_H264_SPS, _HEVC_SPS = 7, 33


def sequence_parameters(codec: str, data: bytes) -> bytes | None:
    """Return the sequence parameter set that a packet in Annex B begins with.

    It states the size of the picture (ITU-T H.264 and H.265, 7.3.2). None when the
    packet carries none, or is of another codec.
    """
    head = data[:_SEARCHED_BYTES]
    start = head.find(_START)
    while start >= 0:
        start += len(_START)
        end = head.find(_START, start)
        unit = head[start:] if end < 0 else head[start:end]
        if unit and _is_sequence_set(codec, unit[0]):
            return unit.rstrip(b"\x00")
        start = end
    return None


def _is_sequence_set(codec: str, first_byte: int) -> bool:
    if codec == "h264":
        return first_byte & 0x1F == _H264_SPS
    return codec == "hevc" and first_byte >> 1 & 0x3F == _HEVC_SPS
