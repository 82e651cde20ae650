"""Two kinds of error: the world's, and ours.

An `EnvironmentFault` is nobody's bug: a server is down, a disk is full. Its text is
a plain sentence that says what happened and what to do, fit for the window and the
log, and never holds a secret. Anything else that escapes is a bug: it is logged with
its traceback, reported, and the product goes on.
"""


class EnvironmentFault(Exception):
    """The world is not as needed; the message says what to do."""


class DatabaseUnavailable(EnvironmentFault):
    """The PostgreSQL server cannot be reached."""


class LoginRefused(EnvironmentFault):
    """Name or password is wrong, or the person may not log in."""


class PasswordMustChange(LoginRefused):
    """The password is right, and serves for nothing but choosing another one."""


class NotPermitted(EnvironmentFault):
    """The server refused the act to this person."""


class CameraUnreachable(EnvironmentFault):
    """No usable video comes from the address."""


class StorageUnavailable(EnvironmentFault):
    """Evidence cannot be stored or read now; the same act may work later."""


class KeyUnavailable(StorageUnavailable):
    """A key that seals evidence is not here, or may not be used."""


class StorageFull(StorageUnavailable):
    """There is no room left for evidence."""


class EvidenceDamaged(EnvironmentFault):
    """A stored file no longer has the hash that was recorded."""


class EvidenceMissing(EvidenceDamaged):
    """A stored file is not there at all."""


class ModelMissing(EnvironmentFault):
    """A model file is not there, or is not the one that was named."""


class InferenceUnavailable(EnvironmentFault):
    """The server that looks at pictures does not answer, or not as it should."""


class AlreadyRunning(EnvironmentFault):
    """Another process holds what this one needs."""


class ConfigurationInvalid(EnvironmentFault):
    """A configuration cannot be used as it stands."""


class StateConflict(EnvironmentFault):
    """The case is no longer in the state that the act needs."""


class WeakPassword(EnvironmentFault):
    """A password that would be guessed."""
