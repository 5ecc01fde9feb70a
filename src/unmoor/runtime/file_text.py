"""The text of a file that is to be edited, so that everything but the edit survives byte for byte.

Programs read and write with one kind of line end and without a byte-order mark. This module takes both away
first and puts them back afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass

from unmoor.errors import UnmoorError

__all__ = ["FileText"]

_BOM = b"\xef\xbb\xbf"
# Stands for a carriage return in files that mix line ends; from a private-use plane, so that no program heeds it.
_STANDS_FOR_CR = "\U0010fdcd"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileText:
    """``plain`` is the text for reading, ``staged`` the same text, letter for letter, for a program to edit."""

    plain: str
    staged: str
    newline: str
    bom: bool

    @classmethod
    def of(cls, content: bytes, *, where: str) -> FileText:
        """Take the bytes of a file apart; raise ``UnmoorError`` naming ``where`` when they are no UTF-8 text."""
        try:
            text = content.removeprefix(_BOM).decode()
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise UnmoorError("is not valid UTF-8", place=f"{where}:{line}", hint="save the file as UTF-8") from error
        bom = content.startswith(_BOM)
        uniform = text.replace("\r\n", "\n")
        if "\r" not in text or ("\r" not in uniform and text.count("\n") == text.count("\r\n")):
            return cls(plain=uniform, staged=uniform, newline="\r\n" if uniform != text else "\n", bom=bom)
        return cls(plain=text, staged=text.replace("\r", _STANDS_FOR_CR), newline="", bom=bom)

    def as_plain(self, edited: str) -> str:
        """Return an edited ``staged`` text as text for reading, letter for letter."""
        return edited if self.newline else edited.replace(_STANDS_FOR_CR, "\r")

    def restored(self, edited: str) -> bytes:
        """Return the bytes of an edited ``staged`` text, with the line ends and the mark the file had."""
        text = edited.replace("\n", self.newline) if self.newline else self.as_plain(edited)
        return (_BOM if self.bom else b"") + text.encode()
