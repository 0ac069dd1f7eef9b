"""One zip: the same contents make the same bytes, wherever and whenever it is made."""

from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from infra.packaging.target import CannotPackage

#: Bytes. Lambda takes no more in one upload, and 250 MiB unpacked.
#: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
ZIPPED_AT_MOST, UNPACKED_AT_MOST = 50 * 1024**2, 250 * 1024**2

#: The first that a zip can tell.
_DATE = (1980, 1, 1, 0, 0, 0)
_READ_ONLY_BY_ALL = 0o100644
_ON_UNIX = 3


def write(folder: Path, archive: Path) -> None:
    """Write it. Raises CannotPackage for one that Lambda would not take."""
    unpacked = 0
    with ZipFile(archive, "w", ZIP_DEFLATED, compresslevel=9) as zipped:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            content = path.read_bytes()
            unpacked += len(content)
            zipped.writestr(_entry(path.relative_to(folder).as_posix()), content)
    check_size(archive.stat().st_size, unpacked)


def check_size(zipped: int, unpacked: int) -> None:
    """Raise CannotPackage if it is too big for Lambda."""
    if zipped >= ZIPPED_AT_MOST or unpacked >= UNPACKED_AT_MOST:
        raise CannotPackage(f"too big for Lambda: {zipped:,} bytes, {unpacked:,} unpacked")


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, _DATE)
    entry.compress_type = ZIP_DEFLATED
    entry.create_system = _ON_UNIX
    entry.external_attr = _READ_ONLY_BY_ALL << 16
    return entry
