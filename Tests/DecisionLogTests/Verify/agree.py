"""Asks the verifier in Python about many changed logs at once.

    agree.py KEY flips FOLDER        every bit 2 of every byte of every file flipped in turn
    agree.py KEY folders FOLDER...   each folder

One line each: a name, and `intact`, or the entry that is named first, or `wrong` when none is named.
"""
import importlib.util, os, pathlib, sys

script = pathlib.Path(__file__).resolve().parents[3] / "deploy/verify-log.py"
spec = importlib.util.spec_from_file_location("verify_log", script)
verify_log = importlib.util.module_from_spec(spec)
sys.dont_write_bytecode = True
spec.loader.exec_module(verify_log)


class InMemory(verify_log.Log):
    changed = None

    def read(self, path):
        if self.changed and path == self.changed[0]:
            return self.changed[1]
        return super().read(path)


def verdict(folder, key, changed=None):
    log = InMemory(folder, key)
    log.changed = changed
    try:
        log.verify()
        return "intact"
    except verify_log.Wrong as error:
        return "wrong" if error.entry is None else str(error.entry)
    except (OSError, *verify_log.WRONG):
        return "wrong"


key, how, *folders = verify_log.public_key(sys.argv[1]), *sys.argv[2:]
if how == "folders":
    for folder in folders:
        print(os.path.basename(folder), verdict(folder, key))
else:
    root = pathlib.Path(folders[0])
    for file in sorted(root.rglob("*")):
        path = str(file.relative_to(root))
        if not file.is_file() or path.startswith("keys/") or path == "lock":
            continue
        data = bytearray(file.read_bytes())
        for place in range(len(data)):
            data[place] ^= 4
            print(f"{path}:{place}", verdict(root, key, (path, bytes(data))))
            data[place] ^= 4
