"""Files of ours under links that are signed and expire."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path, PurePath

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from storage.files import Stored

DAY_SECONDS = 24 * 3600
SHOWN = {
    b"%PDF": ("application/pdf", "pdf"),
    b"\xff\xd8\xff": ("image/jpeg", "jpg"),
    b"\x89PNG": ("image/png", "png"),
}
"""What a browser may show, by the first bytes: whatever else somebody sent is only saved."""
OTHER = ("application/octet-stream", "")
GUARDS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, max-age=3600",
}


class Links:
    """Makes and reads links to files; `key` signs them, `url` is the public address of the web."""

    def __init__(self, key: bytes, url: str, days: int) -> None:
        self._signer = URLSafeTimedSerializer(key, salt="file")
        self._url = url.rstrip("/")
        self._seconds = days * DAY_SECONDS

    def link(self, file_id: int) -> str:
        return f"{self._url}/file/{self._signer.dumps(file_id)}"

    def file_id(self, signed: str) -> int | None:
        """The file of a link's last part; None when it is not ours or has expired."""
        try:
            number = self._signer.loads(signed, max_age=self._seconds)
        except BadData:
            return None
        return number if isinstance(number, int) else None


@dataclass(frozen=True, slots=True)
class FileDoor:
    """Hands out files from `folder`. `find` looks one up; `sorry` is said of a link without one."""

    links: Links
    folder: Path
    find: Callable[[int], Awaitable[Stored | None]]
    sorry: str

    async def serve(self, request: Request) -> Response:
        file_id = self.links.file_id(request.path_params["signed"])
        found = None if file_id is None else await self.find(file_id)
        path = self.folder / found.sha256 if found else None
        if found is None or path is None or not path.is_file():
            return PlainTextResponse(self.sorry, 404, GUARDS)
        kind, ending = _kind(path)
        shown = "inline" if kind in (each for each, _ in SHOWN.values()) else "attachment"
        name = PurePath(found.name).name or f"anh.{ending or 'bin'}"
        return FileResponse(path, 200, GUARDS, kind, filename=name, content_disposition_type=shown)


def _kind(path: Path) -> tuple[str, str]:
    """The content type of a file and its usual ending."""
    with path.open("rb") as file:
        head = file.read(8)
    return next((kind for magic, kind in SHOWN.items() if head.startswith(magic)), OTHER)
