"""Verifies a ticket with PyPI's cwt alone: the code on standard input, kid and x (hex) as arguments; prints the claims as JSON."""

import json
import sys

import cwt
from cwt import COSEKey

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def base45(text: str) -> bytes:
    """RFC 9285: three characters are two bytes, two are one."""
    out = bytearray()
    for start in range(0, len(text), 3):
        part = [ALPHABET.index(letter) for letter in text[start : start + 3]]
        value = sum(digit * 45**place for place, digit in enumerate(part))
        out += value.to_bytes(len(part) - 1, "big")
    return bytes(out)


def base32(raw: bytes) -> str:
    """128 bits as an id is written: 26 characters of Crockford's base 32."""
    letters, number = "0123456789abcdefghjkmnpqrstvwxyz", int.from_bytes(raw, "big")
    return "".join(letters[number >> 5 * place & 31] for place in reversed(range(26)))


kid, x = (bytes.fromhex(argument) for argument in sys.argv[1:3])
code = sys.stdin.read().rstrip("\n")
assert code.startswith("FOYER1:"), code
# RFC 9053, 7.2: an octet key pair (1: 1) on Ed25519 (-1: 6) for EdDSA (3: -8).
key = COSEKey.new({1: 1, 2: kid, 3: -8, -1: 6, -2: x})
claims = cwt.decode(base45(code[len("FOYER1:") :]), keys=[key])
admission = claims[-65537]
print(json.dumps({"cinema": claims[1], "ticket": base32(claims[7]), "showtime": admission[1], "seat": admission[2], "edition": admission[6]}))
