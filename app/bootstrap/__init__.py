"""The composition root, a module for each process.

Only here every class is known. What belongs to one process is imported inside its
function: the desktop must start without the models' libraries, the engine without Qt.
"""
