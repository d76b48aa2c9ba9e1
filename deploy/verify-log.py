#!/usr/bin/env python3
"""Checks a Stile decision log, or a receipt from one, without any of Stile's code.

    verify-log.py FOLDER --key VERIFIER [--known CHECKPOINT]
    verify-log.py --receipt FILE --key VERIFIER

Written from the texts: C2SP signed-note, tlog-checkpoint, tlog-tiles (https://c2sp.org), RFC 9162, and the log's own
forms. Needs Python 3.9 and the package `cryptography`. Exit code: 0 intact, 1 not, 2 usage, 3 cannot read.
"""

import argparse, base64, hashlib, json, os, struct, sys

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

WIDTH, ABSENT, PARTS = 256, 0xFFFFFFFF, ["person", "explanation", "facts"]


class Wrong(Exception):
    """Something that is not as it was written; `entry` is its place in the log, when known."""
    def __init__(self, what, entry=None):
        super().__init__(what if entry is None else f"entry {entry}: {what}")


def sha256(*pieces):
    return hashlib.sha256(b"".join(pieces)).digest()


def read_file(path):
    with open(path, "rb") as file:
        return file.read()


def strict_base64(text):
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("not canonical base 64")
    return raw


def read_verifier(text):
    """A verifier key: name+id+base64(0x01 || Ed25519 public key)."""
    name, key_id, encoded = text.strip().split("+", 2)
    raw = strict_base64(encoded)
    if raw[0] != 1 or len(raw) != 33 or sha256(name.encode(), b"\n", raw)[:4].hex() != key_id:
        raise ValueError("not an Ed25519 verifier key with its id")
    return name, bytes.fromhex(key_id), Ed25519PublicKey.from_public_bytes(raw[1:])


def read_checkpoint(note, verifier):
    """The size and root of a checkpoint, if the verifier's key signed it."""
    name, key_id, key = verifier
    text, _, signatures = note.decode().rpartition("\n\n")
    lines = text.split("\n")
    if not signatures.endswith("\n") or len(lines) < 3 or lines[0] != name or lines[1] != str(int(lines[1])):
        raise Wrong("the checkpoint is not one of this log")
    signed = False
    for line in signatures[:-1].split("\n"):
        dash, signer, encoded = line.split(" ")
        raw = strict_base64(encoded)
        if (dash, signer, raw[:4]) == ("\u2014", name, key_id):
            try:
                key.verify(raw[4:], (text + "\n").encode())
            except InvalidSignature:
                raise Wrong("the checkpoint's signature does not verify") from None
            signed = True
    if not signed:
        raise Wrong("the checkpoint is not signed by this key")
    return int(lines[1]), strict_base64(lines[2])


def tree_hash(hashes):
    """RFC 9162, section 2.1.1, over hashes of leaves or of subtrees of one height (the last may be smaller)."""
    if len(hashes) < 2:
        return hashes[0] if hashes else sha256()
    split = 1 << ((len(hashes) - 1).bit_length() - 1)
    return sha256(b"\x01", tree_hash(hashes[:split]), tree_hash(hashes[split:]))


def tile_name(index, width):
    name = f"{index % 1000:03d}"
    while index >= 1000:
        index //= 1000
        name = f"x{index % 1000:03d}/{name}"
    return name if width == WIDTH else f"{name}.p/{width}"


def root_from_proof(leaf, index, size, path):
    """RFC 9162, section 2.1.3.2."""
    node, last, value = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if node & 1 or node == last:
            value = sha256(b"\x01", sibling, value)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            value = sha256(b"\x01", value, sibling)
        node, last = node >> 1, last >> 1
    return None if last else value


def split(data, form, count, first):
    """The pieces of a bundle, each with its length before it."""
    pieces, position, head = [], 0, struct.calcsize(form)
    for number in range(count):
        length = struct.unpack_from(form, data.ljust(position + head, b"\xff"), position)[0]
        pieces.append(data[position + head : position + head + length])
        position += head + length
        if position > len(data):
            raise Wrong("the bundle is cut", first + number)
    if position != len(data):
        raise Wrong("the bundle has more in it", first + count - 1)
    return pieces


def crc32c(data):
    """RFC 3720, appendix B.4."""
    value = 0xFFFFFFFF
    for byte in data:
        value = CRC[(value ^ byte) & 0xFF] ^ value >> 8
    return value ^ 0xFFFFFFFF


CRC = list(range(256))
for _ in range(8):
    CRC = [value >> 1 ^ (0x82F63B78 if value & 1 else 0) for value in CRC]


class Log:
    """The files of a log, read once from front to back."""

    def __init__(self, folder, verifier):
        self.folder, self.verifier = folder, verifier
        self.gone, self.dropped = [[] for _ in PARTS], [[] for _ in PARTS]
        self.rows, self.finished, self.recent = [], [], {}
        names = sorted(os.listdir(os.path.join(folder, "journal")))
        self.segments = [(int(name[:20]), int(name[21:]), name) for name in names]

    def read(self, path):
        return read_file(os.path.join(self.folder, path))

    def verify(self, known):
        size, root = read_checkpoint(self.read("tree/checkpoint"), self.verifier)
        if known and known[0] > size:
            raise Wrong(f"a checkpoint over {known[0]} entries is known: the newest were cut", size)
        for start in range(0, size, WIDTH):
            for place, leaf in enumerate(self.bundle(start, min(WIDTH, size - start)), start):
                value = sha256(b"\x00", leaf)
                if self.segments and place >= self.segments[0][0]:
                    self.recent[place] = value
                self.append(value, 0)
                if known and place + 1 == known[0] and self.root() != known[1]:
                    raise Wrong(f"the first {known[0]} entries are not those of the known checkpoint")
        for level, row in enumerate(self.rows):
            if row:
                self.compare(level, self.finished[level], row)
        if self.root() != root:
            raise Wrong("entries and tiles agree, but not with the signed root: a fork")
        unsealed = self.journal(size)
        for name, places, ranges in zip(PARTS, self.gone, self.dropped):
            for place in places:
                if not any(start <= place < end for start, end in ranges):
                    raise Wrong(f"the {name} part is gone, and the log does not say so", place)
        return size, unsealed

    def append(self, value, level):
        if level == len(self.rows):
            self.rows.append([])
            self.finished.append(0)
        self.rows[level].append(value)
        if len(self.rows[level]) == WIDTH:
            row, self.rows[level] = self.rows[level], []
            self.compare(level, self.finished[level], row)
            self.finished[level] += 1
            self.append(tree_hash(row), level + 1)

    def root(self):
        last = []
        for row in self.rows:
            last = [tree_hash(row + last)] if row + last else []
        return last[0] if last else sha256()

    def compare(self, level, index, row):
        stored = self.read(f"tree/tile/{level}/{tile_name(index, len(row))}")
        for place, value in enumerate(row):
            if stored[place * 32 : place * 32 + 32] != value:
                raise Wrong("the entry is not the one in the tree", (index * WIDTH + place) * WIDTH**level)
        if len(stored) != 32 * len(row):
            raise Wrong(f"tile {level}/{index} has a wrong length", index * WIDTH ** (level + 1))

    def bundle(self, start, width):
        name = tile_name(start // WIDTH, width)
        leaves = split(self.read(f"tree/tile/entries/{name}"), ">H", width, start)
        try:
            blocks = split(self.read(f"parts/{name}"), ">I", width, start)
        except FileNotFoundError:
            blocks = [b"\xff" * 12] * width
        for place, (leaf, block) in enumerate(zip(leaves, blocks), start):
            self.check_parts(leaf, block, place)
        return leaves

    def check_parts(self, leaf, block, entry):
        """The parts: each its length (4 bytes), salt (16) and bytes as stored; or 0xFFFFFFFF for none."""
        record, position = json.loads(leaf), 0
        for number, name in enumerate(PARTS):
            (length,) = struct.unpack_from(">I", block, position)
            salt, stored = block[position + 4 : position + 20], block[position + 20 : position + 20 + length]
            position += 4 if length == ABSENT else 20 + length
            if length == ABSENT:
                if record[name] is not None:
                    self.gone[number].append(entry)
            elif strict_base64(record[name]) != sha256(bytes([0x10 + number]), salt, sha256(stored)):
                raise Wrong(f"the {name} part is not the one committed to", entry)
        if position != len(block):
            raise Wrong("the parts do not end where they should", entry)
        if record["kind"] == "event" and record["event"] == "parts-dropped":
            details = record["details"]
            self.dropped[PARTS.index(details["part"])].append((details["from"], details["to"]))

    def journal(self, signed):
        """Frames: length, group, CRC-32C (4 bytes each), payload; above the checkpoint nothing protects them yet."""
        unsealed, index = 0, signed
        for number, (first, attempt, name) in enumerate(self.segments):
            limit = self.segments[number + 1][0] if number + 1 < len(self.segments) else 1 << 64
            data, position, index = self.read(f"journal/{name}"), 0, first
            while index < limit and position < len(data):
                head = data[position : position + 12].ljust(12, b"\0")
                length, group, crc = struct.unpack(">III", head)
                payload = data[position + 12 : position + 12 + length]
                bound = struct.pack("<QQII", first << 16 | attempt, position, length, group)
                if length < 14 or len(payload) < length or group > position or crc32c(bound + payload) != crc:
                    raise Wrong(f"journal/{name} is damaged at byte {position}", index)
                end = 2 + struct.unpack_from(">H", payload)[0]
                if index < signed and self.recent[index] != sha256(b"\x00", payload[2:end]):
                    raise Wrong(f"journal/{name} has another entry than the tree", index)
                self.check_parts(payload[2:end], payload[end:], index)
                unsealed += index >= signed
                index, position = index + 1, position + 12 + length
            if index < limit < 1 << 64:
                raise Wrong(f"journal/{name} ends before entry {limit}", index)
        if index < signed:
            raise Wrong("the journal ends below the checkpoint", index)
        return unsealed


def verify_receipt(receipt, verifier):
    size, root = read_checkpoint(receipt["checkpoint"].encode(), verifier)
    leaf, index = receipt["leaf"].encode(), receipt["index"]
    path = [strict_base64(value) for value in receipt["proof"]]
    if index >= size or root_from_proof(sha256(b"\x00", leaf), index, size, path) != root:
        raise Wrong("the entry is not in the log that was signed", index)
    record, shown = json.loads(leaf), {}
    for name, part in receipt["parts"].items():
        salt, stored = strict_base64(part["salt"]), strict_base64(part["stored"])
        if strict_base64(record[name]) != sha256(bytes([0x10 + PARTS.index(name)]), salt, sha256(stored)):
            raise Wrong(f"the {name} part is not the one committed to", index)
        if name == "person":
            try:
                plain = AESGCM(strict_base64(part["key"])).decrypt(bytes(12), stored[17:], None)
            except InvalidTag:
                raise Wrong("the person part does not open", index) from None
            if stored[0] != 1 or plain[:32] != bytes(32):
                raise Wrong("the person part has more than one reading", index)
            stored = plain[32:]
        shown[name] = json.loads(stored)
    return record, shown


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("folder", nargs="?", help="the log's folder")
    what.add_argument("--receipt", help="check this receipt instead of a folder")
    parser.add_argument("--key", required=True, help="the log's verifier key, from somewhere else than its folder")
    parser.add_argument("--known", help="a file with a checkpoint kept elsewhere")
    arguments = parser.parse_args()
    try:
        verifier = read_verifier(arguments.key)
        if arguments.receipt:
            record, shown = verify_receipt(json.loads(read_file(arguments.receipt)), verifier)
            print(json.dumps({"record": record, **shown}, indent=2))
            return 0
        known = read_checkpoint(read_file(arguments.known), verifier) if arguments.known else None
        sealed, unsealed = Log(arguments.folder, verifier).verify(known)
        print(f"intact: {sealed} entries sealed, {unsealed} not yet")
        return 0
    except (Wrong, ValueError, KeyError, TypeError, struct.error, IndexError) as error:
        print(f"not intact: {'' if isinstance(error, Wrong) else type(error).__name__ + ': '}{error}")
        return 1
    except OSError as error:
        print(f"cannot read: {error}", file=sys.stderr)
        return 3


if __name__ == "__main__":
    sys.exit(main())
