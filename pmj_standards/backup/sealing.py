"""Encrypting a stream with a passphrase: scrypt makes the key, AES-256-GCM seals piece by piece.

The pieces follow the STREAM construction: the nonce counts them and marks the last one, so that a piece that is
changed, moved, left out or cut off at the end is found. Layout: MAGIC, salt, check, prefix, then the pieces.
"""

import io
import os
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.utils.translation import gettext_lazy as _

from pmj_standards.backup.refusing import BackupRefused

MAGIC = b"PMJSEAL1"
SALT, CHECK, PREFIX, TAG = 16, 16, 7, 16
HEADER = len(MAGIC) + SALT + CHECK + PREFIX
PIECE = 1024 * 1024
SHORTEST = 12


def passphrase_of(text: str) -> bytes:
    """A passphrase as bytes; raises BackupRefused for one that is too short to protect anything."""
    text = text.strip()
    if len(text) < SHORTEST:
        raise BackupRefused(_("The passphrase is too short: use %(least)s characters or more."), least=SHORTEST)
    return text.encode()


def _keys(passphrase: bytes, salt: bytes) -> tuple[AESGCM, bytes]:
    """The cipher, and what tells a wrong passphrase from a damaged archive."""
    derived = Scrypt(salt=salt, length=32 + CHECK, n=2**15, r=8, p=1).derive(passphrase)
    return AESGCM(derived[:32]), derived[32:]


class SealingWriter(io.RawIOBase):
    """What is written here reaches `target` sealed; `close` writes the last piece and leaves `target` open."""

    def __init__(self, target: IO[bytes], passphrase: bytes) -> None:
        salt, self.prefix = os.urandom(SALT), os.urandom(PREFIX)
        self.cipher, check = _keys(passphrase, salt)
        self.header = MAGIC + salt + check + self.prefix
        self.target, self.waiting, self.number = target, bytearray(), 0
        target.write(self.header)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.waiting += data
        while len(self.waiting) > PIECE:
            self._seal(bytes(self.waiting[:PIECE]), last=False)
            del self.waiting[:PIECE]
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._seal(bytes(self.waiting), last=True)
            super().close()

    def _seal(self, piece: bytes, *, last: bool) -> None:
        self.target.write(self.cipher.encrypt(_nonce(self.prefix, self.number, last=last), piece, self.header))
        self.number += 1


class SealedReader(io.RawIOBase):
    """The opened content of a sealed stream; raises BackupRefused for a wrong passphrase and for damage."""

    def __init__(self, source: IO[bytes], passphrase: bytes) -> None:
        self.header = source.read(HEADER)
        if len(self.header) < HEADER or not self.header.startswith(MAGIC):
            raise damaged()
        salt = self.header[len(MAGIC) : len(MAGIC) + SALT]
        self.cipher, check = _keys(passphrase, salt)
        if check != self.header[len(MAGIC) + SALT : -PREFIX]:
            raise BackupRefused(_("The passphrase is not the one of this archive. Use the one it was made with."))
        self.prefix, self.source, self.number = self.header[-PREFIX:], source, 0
        self.opened, self.ahead = b"", source.read(PIECE + TAG)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self.opened and self.ahead:
            sealed, self.ahead = self.ahead, self.source.read(PIECE + TAG)
            nonce = _nonce(self.prefix, self.number, last=not self.ahead)
            try:
                self.opened = self.cipher.decrypt(nonce, sealed, self.header)
            except InvalidTag:
                raise damaged() from None
            self.number += 1
        given = self.opened[: len(buffer)]
        self.opened = self.opened[len(given) :]
        buffer[: len(given)] = given
        return len(given)


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])


def damaged() -> BackupRefused:
    return BackupRefused(
        _("The archive is damaged or was cut short. Copy it again from where it is kept, or use another one.")
    )
