"""What the page does to the site; each step returns how to take it back. No Qt."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.domain.camera import Camera
from app.domain.ids import CameraId, new_uuid
from app.ports import SecretStore, SiteStore
from widgets.cameras.entry import CameraEntry, host_of

Undo = Callable[[], None]


@dataclass(frozen=True, slots=True)
class CameraSteps:
    """Steps on one site; they block, so they run in the background.

    Raise EnvironmentFault with the server's sentence; then nothing was changed.
    """

    site: SiteStore
    secrets: SecretStore

    def add(self, entry: CameraEntry) -> tuple[Camera, Undo]:
        """Add a camera; its password goes to the secret store only."""
        camera_id = CameraId(new_uuid())
        camera = Camera(
            id=camera_id,
            name=entry.name,
            location=entry.location,
            url=entry.url,
            sub_url=entry.sub_url or None,
            credential_ref=self._stored(camera_id, entry),
        )
        try:
            self.site.save_camera(camera)
        except BaseException:
            self.forget(camera.credential_ref)
            raise
        return camera, lambda: self.remove(camera)

    def change(self, camera: Camera, entry: CameraEntry) -> tuple[Camera, Undo]:
        """Change name, place, addresses or access of a camera.

        A stored password goes on to the same host only: an address of another host
        needs it typed again. The old one stays stored until `forget`, so that undoing
        brings it back.
        """
        same_host = host_of(entry.url) == host_of(camera.url)
        reference = camera.credential_ref if same_host else None
        if entry.user:
            reference = self._stored(camera.id, entry)
        changed = replace(
            camera,
            name=entry.name,
            location=entry.location,
            url=entry.url,
            sub_url=entry.sub_url or None,
            credential_ref=reference,
        )
        try:
            self.site.save_camera(changed)
        except BaseException:
            if reference != camera.credential_ref:
                self.forget(reference)
            raise
        return changed, lambda: self.site.save_camera(camera)

    def switch(self, camera: Camera, *, enabled: bool) -> tuple[Camera, Undo]:
        """Let the engine use a camera or leave it alone."""
        changed = replace(camera, enabled=enabled)
        self.site.save_camera(changed)
        return changed, lambda: self.site.save_camera(camera)

    def remove(self, camera: Camera) -> None:
        """Retire a camera for good and forget its password; its cases stay."""
        self.site.remove_camera(camera.id)
        self.forget(camera.credential_ref)

    def _stored(self, camera_id: CameraId, entry: CameraEntry) -> str | None:
        """Store user and password under a new name; None when there are none."""
        if not entry.user:
            return None
        reference = f"camera/{camera_id}/{new_uuid()}"
        self.secrets.put(reference, entry.user, entry.password)
        return reference

    def forget(self, reference: str | None) -> None:
        """Delete a stored password that nothing refers to any more."""
        if reference is not None:
            self.secrets.delete(reference)
