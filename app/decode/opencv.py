"""OpenCV in a process whose threads are busy with cameras already."""

import cv2


def work_alone() -> None:
    """Let every call of OpenCV run on its caller's thread.

    To scale one picture on all processors is a little faster and costs twice the
    processor time, which the other cameras and the network then lack.
    """
    cv2.setNumThreads(1)
