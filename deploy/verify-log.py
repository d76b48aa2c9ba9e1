#!/usr/bin/env python3
"""Checks a Stile decision log, or a receipt from one, without any of Stile's code.

    verify-log.py FOLDER --key VERIFIER [--since CHECKPOINT]... [--witness VERIFIER]...
    verify-log.py receipt FILE --key VERIFIER

Written from the texts: C2SP signed-note, tlog-checkpoint, tlog-tiles, tlog-cosignature (https://c2sp.org), RFC 9162 and
docs/decision-log.md. Needs Python 3.9 and `cryptography`. Exit code: 0 intact, 1 not, 2 usage, 3 cannot read.
"""
import argparse, base64, collections, hashlib, json, os, pathlib, struct, sys
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
WIDTH, ABSENT, PARTS = 256, 0xFFFFFFFF, ("person", "explanation", "facts")
Verifier = collections.namedtuple("Verifier", "name id kind key")
class Wrong(Exception):
    """Something that is not as it was written; `entry` is its place in the log, when known."""
    def __init__(self, what, entry=None):
        super().__init__(what if entry is None else f"entry {entry}: {what}")
        self.entry = entry
WRONG = (InvalidSignature, InvalidTag, ValueError, LookupError, TypeError, AttributeError, RecursionError, struct.error)
def sha256(*pieces):
    return hashlib.sha256(b"".join(pieces)).digest()
def commitment(number, salt, stored):
    return sha256(bytes([0x10 + number]), salt, sha256(stored))
def read_file(*path):
    return pathlib.Path(*path).read_bytes()
def strict_base64(text):
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("not canonical base 64")
    return raw
def public_key(text):
    """name+id+base64(kind || Ed25519 public key): kind 1 signs for a log, kind 4 cosigns as a witness."""
    name, key_id, encoded = text.strip().split("+", 2)
    raw = strict_base64(encoded)
    if raw[0] not in (1, 4) or len(raw) != 33 or sha256(name.encode(), b"\n", raw)[:4].hex() != key_id:
        raise ValueError("not an Ed25519 verifier key with its id")
    return Verifier(name, bytes.fromhex(key_id), raw[0], raw[1:])
class Note:
    """C2SP signed-note, and the checkpoint that its text may be."""
    def __init__(self, data, path="a checkpoint"):
        text, _, under = data.decode().rpartition("\n\n")
        self.path, self.text, self.lines, self.signatures = path, text + "\n", text.split("\n"), []
        for line in under[:-1].split("\n"):
            dash, name, encoded = line.split(" ")
            raw = strict_base64(encoded)
            self.signatures.append((name, raw[:4], raw[4:]))
            if dash != "\u2014" or not name or len(raw) < 5 or not under.endswith("\n"):
                raise Wrong(f"{path} has something else than signatures under it")
    def checkpoint(self):
        """Origin, size and root."""
        origin, size, root = self.lines[0], int(self.lines[1]), strict_base64(self.lines[2])
        if "" in self.lines or size < 0 or str(size) != self.lines[1] or len(root) != 32:
            raise Wrong(f"{self.path} is not a checkpoint")
        return origin, size, root
    def signed_by(self, *verifiers):
        """Raises unless one of the keys signed the text; a bad signature under one of them is never passed over."""
        for verifier in verifiers:
            own = [raw for name, key_id, raw in self.signatures if (name, key_id) == verifier[:2]]
            for raw in own:
                head = 8 if verifier.kind == 4 else 0  # a cosignature is over its moment, too
                time = f"cosignature/v1\ntime {int.from_bytes(raw[:8], 'big')}\n" if head else ""
                Ed25519PublicKey.from_public_bytes(verifier.key).verify(raw[head:], (time + self.text).encode())
            if own:
                return
        raise Wrong(f"{self.path} is not signed by an expected key")
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
def root_from_proof(value, node, size, path):
    """RFC 9162, section 2.1.3.2."""
    last = size - 1
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
    """The pieces of a bundle, each with its length before it, one by one: the first that is wrong is seen first."""
    position, head = 0, struct.calcsize(form)
    for number in range(count):
        length = struct.unpack_from(form, data.ljust(position + head, b"\xff"), position)[0]
        piece = data[position + head : position + head + length]
        position += head + length
        if position > len(data) or number == count - 1 and position < len(data):
            raise Wrong("the bundle is cut, or has more in it", first + number)
        yield piece
CRC = list(range(256))
for _ in range(8):
    CRC = [value >> 1 ^ (0x82F63B78 if value & 1 else 0) for value in CRC]
def crc32c(data):
    """RFC 3720, appendix B.4."""
    value = 0xFFFFFFFF
    for byte in data:
        value = CRC[(value ^ byte) & 0xFF] ^ value >> 8
    return value ^ 0xFFFFFFFF
class Log:
    """The files of a log, read once from front to back."""
    def __init__(self, folder, verifier):
        self.folder, self.trusted, self.announced = folder, [verifier], []
        self.gone, self.dropped = [[] for _ in PARTS], [[] for _ in PARTS]
        self.rows, self.finished, self.recent = [], [], {}
        self.used, self.erased, self.moved = {}, set(), set()
    def read(self, path):
        return read_file(self.folder, path)
    def persons(self):
        return set(os.listdir(path) if os.path.isdir(path := os.path.join(self.folder, "keys/persons")) else ())
    def verify(self, since=(), witnesses=()):
        names, there = sorted(os.listdir(os.path.join(self.folder, "journal"))), self.persons()
        self.segments = [(int(name[:20]), int(name[21:]), name) for name in names]
        note, known = Note(self.read("tree/checkpoint"), "tree/checkpoint"), list(since)
        origin, size, root = note.checkpoint()
        for witness in witnesses:
            plain = "".join(c if c.isascii() and (c.isalnum() or c in ".-") else "_" for c in witness.name)[:64]
            path = f"cosigned/{witness.id.hex()}-{plain}"
            if not os.path.exists(os.path.join(self.folder, path)):
                raise Wrong(f"{witness.name} has cosigned nothing that is kept here, in {path}")
            known.append(Note(self.read(path), f"what {witness.name} cosigned"))
            known[-1].signed_by(witness)
        stated = [one.checkpoint() for one in known]
        for name, count, _ in stated:
            if name != origin or count > size:
                raise Wrong(f"a checkpoint of {name} over {count} entries is known: the newest were cut", size)
        for start in range(0, size, WIDTH):
            for place, leaf in enumerate(self.bundle(start, min(WIDTH, size - start)), start):
                value = sha256(b"\x00", leaf)
                if self.segments and place >= self.segments[0][0]:
                    self.recent[place] = value
                self.append(value, 0)
                for _, count, old in stated:
                    if place + 1 == count and self.root() != old:
                        raise Wrong(f"the first {count} entries are not those of a checkpoint that is known")
        for level, row in enumerate(self.rows):
            self.compare(level, self.finished[level], row)
        if self.root() != root:
            raise Wrong("entries and tiles agree, but not with the signed root: a fork")
        # The log announces its later keys. What its entries, verified now, name may have signed what was kept before.
        for _ in self.announced:
            self.trusted += [key for by, key in self.announced if by in self.trusted and key not in self.trusted]
        note.signed_by(*[key for key in self.trusted if key.name == origin and key.kind == 1])
        for one in since:
            one.signed_by(*self.trusted, *[key for pair in self.announced for key in pair])
        unsealed = self.journal(size)
        for name, places, ranges in zip(PARTS, self.gone, self.dropped):
            for place in places:
                if not any(start <= place < end for start, end in ranges):
                    raise Wrong(f"the {name} part is gone, and the log does not say so", place)
        left = self.persons()
        for key, place in self.used.items() if there | left else ():
            if key in self.erased & left or key not in there | left | self.erased | self.moved:
                raise Wrong(f"the log and keys/persons/{key} disagree on whether it was destroyed", place)
        return size, unsealed
    def append(self, value, level):
        if level == len(self.rows):
            self.rows, self.finished = self.rows + [[]], self.finished + [0]
        self.rows[level].append(value)
        if len(self.rows[level]) == WIDTH:
            row, self.rows[level], self.finished[level] = self.rows[level], [], self.finished[level] + 1
            self.compare(level, self.finished[level] - 1, row)
            self.append(tree_hash(row), level + 1)
    def root(self):
        last = []
        for row in self.rows:
            last = [tree_hash(row + last)] if row + last else []
        return last[0] if last else sha256()
    def compare(self, level, index, row):
        stored = self.read(f"tree/tile/{level}/{tile_name(index, len(row))}") if row else b""
        for place, value in enumerate(row + [b""]):  # after the last one nothing follows
            if stored[place * 32 : place * 32 + 32] != value:
                raise Wrong("the entry is not the one in the tree", (index * WIDTH + place) * WIDTH**level)
    def bundle(self, start, width):
        name = tile_name(start // WIDTH, width)
        leaves = split(self.read(f"tree/tile/entries/{name}"), ">H", width, start)
        try:
            blocks = split(self.read(f"parts/{name}"), ">I", width, start)
        except FileNotFoundError:
            blocks = [b"\xff" * 12] * width
        for place, (leaf, block) in enumerate(zip(leaves, blocks), start):
            self.check(leaf, block, place)
            yield leaf
    def check(self, leaf, block, entry):
        """The parts: each its length (4 bytes), salt (16) and bytes as stored; or 0xFFFFFFFF for none."""
        try:
            record, position = json.loads(leaf), 0
            if record["v"] != 1:
                return
            for number, name in enumerate(PARTS):
                (length,) = struct.unpack_from(">I", block, position)
                salt, stored = block[position + 4 : position + 20], block[position + 20 : position + 20 + length]
                position += 4 if length == ABSENT else 20 + length
                if length == ABSENT and record[name] is not None:
                    self.gone[number].append(entry)
                elif length != ABSENT and strict_base64(record[name]) != commitment(number, salt, stored):
                    raise Wrong(f"the {name} part is not the one committed to", entry)
                elif length != ABSENT and number == 0:
                    self.used.setdefault(stored[1:17].hex(), entry)
            if position != len(block):
                raise Wrong("the parts do not end where they should", entry)
            event, details = record.get("event"), record.get("details")
            if event == "parts-dropped":
                self.dropped[PARTS.index(details["part"])].append((details["from"], details["to"]))
            elif event == "person-erased":
                self.erased.update(details["ids"])
            elif event == "quarantined" and details["file"].startswith("keys/persons/"):
                self.moved.add(details["file"][13:])
            elif event == "key-announced":
                by, note = public_key(details["by"]), Note(details["note"].encode())
                if len(note.lines) == 3 and note.lines[:2] == [by.name, "new key"]:
                    note.signed_by(by)
                    self.announced.append((by, public_key(note.lines[2])))
        except WRONG as error:
            raise Wrong(f"not as it was written: {type(error).__name__} {error}", entry) from None
    def journal(self, signed):
        """Frames: length, group, CRC-32C (4 bytes each), payload; above the checkpoint nothing protects them yet."""
        unsealed, index = 0, signed
        for number, (first, attempt, name) in enumerate(self.segments):
            limit = (self.segments + [(1 << 64,)])[number + 1][0]
            data, position, index = self.read(f"journal/{name}"), 0, first
            while index < limit and position < len(data):
                length, group, crc = struct.unpack(">III", data[position : position + 12].ljust(12, b"\0"))
                payload = data[position + 12 : position + 12 + length]
                bound = struct.pack("<QQII", first << 16 | attempt, position, length, group)
                if length < 14 or len(payload) < length or group > position or crc32c(bound + payload) != crc:
                    raise Wrong(f"journal/{name} is damaged at byte {position}", index)
                end = 2 + struct.unpack_from(">H", payload)[0]
                if index < signed and self.recent[index] != sha256(b"\x00", payload[2:end]):
                    raise Wrong(f"journal/{name} has another entry than the tree", index)
                self.check(payload[2:end], payload[end:], index)
                unsealed += index >= signed
                index, position = index + 1, position + 12 + length
            if index < limit < 1 << 64:
                raise Wrong(f"journal/{name} ends before entry {limit}", index)
        if index < signed:
            raise Wrong("the journal ends below the checkpoint", index)
        return unsealed
def verify_receipt(receipt, verifier):
    note = Note(receipt["checkpoint"].encode())
    note.signed_by(verifier)
    origin, size, root = note.checkpoint()
    index, path, leaf = receipt["index"], [strict_base64(value) for value in receipt["proof"]], receipt.get("leaf")
    value = sha256(b"\x00", leaf.encode()) if leaf is not None else strict_base64(receipt["leaf-hash"])
    proven = 0 <= index < size and root_from_proof(value, index, size, path) == root
    if origin != verifier.name or not proven:
        raise Wrong("the entry is not in the log that was signed", index)
    record, shown = json.loads(leaf or "null"), {}
    for name, part in receipt["parts"].items():
        salt, stored = strict_base64(part["salt"]), strict_base64(part["stored"])
        if strict_base64(record[name]) != commitment(PARTS.index(name), salt, stored):
            raise Wrong(f"the {name} part is not the one committed to", index)
        if name == "person":
            plain = AESGCM(strict_base64(part["key"])).decrypt(bytes(12), stored[17:], None)
            if stored[0] != 1 or plain[:32] != bytes(32):
                raise Wrong("the person part has more than one reading", index)
            stored = plain[32:]
        shown[name] = json.loads(stored)
    return record, shown
def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("what", nargs="+", metavar="FOLDER | receipt FILE")
    parser.add_argument("--key", required=True, type=public_key, help="the log's verifier key, from somewhere else than its folder")
    parser.add_argument("--since", action="append", default=[], help="a file with a checkpoint kept elsewhere")
    parser.add_argument("--witness", action="append", default=[], type=public_key, help="the key of a witness that must have cosigned")
    arguments = parser.parse_args()
    if len(arguments.what) > 2 or len(arguments.what) == 2 and arguments.what[0] != "receipt":
        parser.error("expected a folder, or `receipt` and a file")
    try:
        if len(arguments.what) == 2:
            record, shown = verify_receipt(json.loads(read_file(arguments.what[1])), arguments.key)
            print(json.dumps({"record": record, **shown}, indent=2))
        else:
            kept = [Note(read_file(path), path) for path in arguments.since]
            sealed, unsealed = Log(arguments.what[0], arguments.key).verify(kept, arguments.witness)
            print(f"intact: {sealed} entries sealed, {unsealed} not yet")
        return 0
    except (Wrong, *WRONG) as error:
        what = error if isinstance(error, Wrong) else f"not as it was written: {type(error).__name__} {error}"
        print(f"not intact: {what}")
        return 1
    except OSError as error:
        print(f"cannot read: {error}", file=sys.stderr)
        return 3
if __name__ == "__main__":
    sys.exit(main())
