"""Cases of a conformance suite, changed in a few places: what neither hand nor generator thinks of."""
import copy
import json
import random
import re

WORD = re.compile(
    r'//[^\n]*|"(?:\\.|[^"\\])*"|[A-Za-z_]\w*|\d+|\s+|::|==|!=|<=|>=|&&|\|\||.', re.S
)
MARKS = [
    "==", "!=", "<", "<=", ">", ">=", "&&", "||", "+", "-", "*", "!", "(", ")", "[", "]", "{", "}", ".", ",", ";", ":", "::", "?", "@", "=", "/", "%",
    "&", "|", "$", "\\", "'", "`", "^", "~", "#", "…", "\ufeff", "\0",
]
KEYWORDS = [
    "permit", "forbid", "when", "unless", "principal", "action", "resource", "context", "true", "false", "if", "then", "else", "in", "is", "like",
    "has", "__cedar", "?principal", "?resource", "?context", "contains", "containsAll", "containsAny", "isEmpty", "hasTag", "getTag", "ip",
    "decimal", "datetime", "duration", "isIpv4", "isInRange", "lessThan", "offset", "toDate", "toTime", "durationSince", "toDays",
    "entity", "type", "namespace", "appliesTo", "attributes", "tags", "enum", "Set", "Long", "Bool", "Boolean", "String", "ipaddr", "Record",
    "Entity", "Extension", "__cedar::Long", "__cedar::String", "Action", "N::M", "N::Action", "Action::\"view\"", "User::\"a\"", "_", "A0", "é",
]
NUMBERS = [
    "0", "1", "2", "00", "007", "9223372036854775807", "9223372036854775808", "9223372036854775809", "18446744073709551616", "4611686018427387904", "1.0", "1e3", "0x1",
]
TEXTS = [
    "", "a", "*", "\\*", "\\\\*", "a*b", "é", "e\\u{301}", "\\0", "\\x41", "\\x7f", "\\x80", "\\u{0}", "\\u{D800}", "\\u{110000}", "\\u{10FFFF}", "\\u{}",
    "\\u{1F989}", "\\n\\r\\t", "\\'", "\\\"", "\\q", "\n", "\t", "\\\n", "\r\n", "  ", "\u202e", "\u200b", "🦉", "if", "principal", "view", "User", "a b",
    "0.0", "1.5", "-1.5", "1.12345", "922337203685477.5807", "922337203685477.5808", "-922337203685477.5808", "1.", ".5", "+1.0", "01.0", "-0.0",
    "10.0.0.1", "10.0.0.0/8", "10.0.0.1/33", "10.0.0.01", "0.0.0.0/0", "255.255.255.255", "256.0.0.0", "::1", "::", "1::2::3", "::ffff:1.2.3.4", "::1/128",
    "::1/129", "::1/0", "ff00::/8", "10.0.0.1/08", "10.0.0.1/", "127.0.0.1/8", "fe80::1%eth0", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:9", "::00001", "ABCD::1",
    "2024-01-01", "2024-02-29", "2023-02-29", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00.000Z", "2024-01-01T24:00:00Z", "2024-01-01T23:59:60Z",
    "2024-01-01T00:00:00+0000", "2024-01-01T00:00:00-2359", "2024-01-01T00:00:00+2360", "2024-01-01T00:00:00.5Z", "0000-01-01", "9999-12-31T23:59:59.999-2359",
    "2024-1-1", "2024-01-01T00:00:00", "2024-01-01t00:00:00z", "10000-01-01", "-001-01-01", "2024-13-01", "2024-00-10", "2024-04-31",
    "1d", "-1d", "1h30m", "1d2h3m4s5ms", "1ms", "ms", "", "-", "1", "1h1d", "1d1d", "+1d", "106751991167d", "106751991168d", "9223372036854775807ms",
    "-9223372036854775808ms", "9223372036854775808ms", "-9223372036854775809ms", "153722867280912m", "1D", "1d 2h", "0d", "-0ms", "00001d",
]
BLANKS = [" ", "\n", "\t", "\r", "\r\n", "\u00a0", "\u2028", "\u3000", "\x0b", "\x0c", "\u0085", "\u200b", "\ufeff", "// c\n", "// é \"\n", "//", "\n\n// a\n// b\n\n", "/* c */", "   "]


def words(text):
    return WORD.findall(text)


def kind(word):
    if word[0] == '"':
        return "text"
    if word[0].isdigit():
        return "number"
    if word[0].isalpha() or word[0] == "_":
        return "name"
    if word.isspace() or word.startswith("//"):
        return "blank"
    return "mark"


def groups(found):
    """The stretches between matching brackets, brackets included."""
    stack, closed = [], []
    for place, word in enumerate(found):
        if word in ("(", "[", "{"):
            stack.append(place)
        elif word in (")", "]", "}") and stack:
            closed.append((stack.pop(), place + 1))
    return closed


class Mutator:
    """Changes cases; the same seed and suite make the same changes."""

    def __init__(self, cases, seed):
        self.cases = cases
        self.dice = random.Random(seed)

    def text(self, text, other):
        """A text with one to four words changed; `other` lends names and stretches."""
        found, lent = words(text), words(other)
        dice = self.dice
        for _ in range(dice.choice([1, 1, 1, 1, 1, 2, 3])):
            if not found:
                return text
            place = dice.randrange(len(found))
            # Blanks are half of all words; take another most of the time.
            for _ in range(3):
                if kind(found[place]) != "blank" or dice.random() < 0.1:
                    break
                place = dice.randrange(len(found))
            word = found[place]
            chance = dice.random()
            if chance < 0.12:
                del found[place]
            elif chance < 0.20:
                found.insert(place, word)
            elif chance < 0.28:
                to = dice.randrange(len(found))
                found[place], found[to] = found[to], found[place]
            elif chance < 0.62:
                found[place] = self.like(word, found, lent)
            elif chance < 0.70:
                found.insert(place, dice.choice(BLANKS))
            elif chance < 0.78:
                found.insert(place, self.like(dice.choice(['"', "0", "a", "("]), found, lent))
            elif chance < 0.94:
                here, there = groups(found), groups(lent)
                if here and there:
                    (start, end), (a, b) = dice.choice(here), dice.choice(there)
                    found[start:end] = lent[a:b]
            else:
                here = groups(found)
                if here:
                    start, end = dice.choice(here)
                    found[start:end] = dice.choice([["("] + found[start:end] + [")"], ["!"] + found[start:end], ["-"] + found[start:end], found[start + 1 : end - 1], found[start:end] * 2])
        return "".join(found)

    def spaced(self, text):
        """The same words with other blanks, and comments, between them."""
        dice, made = self.dice, []
        density = dice.choice([0.02, 0.1, 0.3])
        for word in words(text):
            if kind(word) == "blank" and not word.startswith("//"):
                word = dice.choice([" ", "\n", word, word])
            made.append(word)
            if dice.random() < density:
                comment = "//" + dice.choice(["", " c", "c // d", " é\u2028", " \"", "/ x" * dice.choice([1, 40])])
                made.append(dice.choice([" ", "\n", "\n\n", "\t", "\r\n", f" {comment}\n", f"\n{comment}\n", f"{comment}\n\n", f"\n\n  {comment}\n{comment}\n"]))
        return "".join(made)

    def like(self, word, found, lent):
        dice, kind_ = self.dice, kind(word)
        near = [one for one in (found if dice.random() < 0.5 else lent) if kind(one) == kind_]
        if near and dice.random() < 0.6:
            return dice.choice(near)
        if kind_ == "text":
            return '"' + dice.choice(TEXTS) + '"'
        if kind_ == "number":
            return dice.choice(NUMBERS)
        if kind_ == "name":
            return dice.choice(KEYWORDS)
        return dice.choice(BLANKS if kind_ == "blank" else MARKS)

    def json(self, value):
        """JSON with one to three places changed."""
        value = copy.deepcopy(value)
        for _ in range(self.dice.choice([1, 1, 2, 3])):
            places = []

            def walk(node):
                children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
                for key, child in list(children):
                    places.append((node, key))
                    walk(child)

            walk(value)
            if not places:
                return value
            node, key = self.dice.choice(places)
            chance = self.dice.random()
            if chance < 0.2:
                del node[key]
            elif chance < 0.5:
                self.put(node, key, self.value())
            elif chance < 0.7:
                others = [one[0][one[1]] for one in places]
                self.put(node, key, copy.deepcopy(self.dice.choice(others)))
            elif chance < 0.85 and isinstance(node, dict):
                name = self.dice.choice([other for _, other in places if isinstance(other, str)] or ["a"]) if self.dice.random() < 0.7 else self.dice.choice(
                    ["__entity", "__extn", "fn", "arg", "args", "type", "id", "uid", "attrs", "parents", "tags", "", "é", "if"])
                if self.dice.random() < 0.5:
                    node[name] = node.pop(key)
                else:
                    node[name] = copy.deepcopy(node[key])
            elif isinstance(node, list):
                node.append(copy.deepcopy(node[key]))
            else:
                node[key] = [node[key]] if not isinstance(node[key], dict) and self.dice.random() < 0.5 else {self.dice.choice(["a", "__entity", "__extn", "type"]): node[key]}
        return value

    @staticmethod
    def put(node, key, made):
        # The reference's JSON library takes an array for an object; we do not.
        if not (isinstance(made, list) and isinstance(node[key], dict)):
            node[key] = made

    def value(self):
        dice = self.dice
        return copy.deepcopy(dice.choice([
            None, True, False, 0, 1, -1, 9223372036854775807, -9223372036854775808, 9223372036854775808, 1.5, 1e3, "", "a", "User::\"a\"", [], {}, [1, "a"], [[]],
            {"a": 1}, {"__entity": {"type": "User", "id": "a"}}, {"type": "User", "id": "a"}, {"type": "User", "id": 1}, {"__extn": {"fn": "ip", "arg": "::1"}},
            {"fn": "decimal", "arg": "1.0"}, {"__extn": {"fn": "decimal", "arg": "1.0"}}, {"__extn": {"fn": "datetime", "arg": "2024-01-01"}},
            {"__extn": {"fn": "duration", "arg": "1d"}}, {"__extn": {"fn": "offset", "args": [{"fn": "datetime", "arg": "2024-01-01"}, {"fn": "duration", "arg": "1d"}]}},
            {"__expr": "1"}, "é", "\0", dice.choice(TEXTS), dice.choice(KEYWORDS), dice.choice(TEXTS), {"type": dice.choice(["Long", "String", "Bool", "Boolean", "Set", "Record", "Entity", "Extension", "EntityOrCommon", "User", "N::A"])},
            {"type": "Set", "element": {"type": "Long"}}, {"type": "Record", "attributes": {}}, {"type": "Record", "attributes": {"a": {"type": "Long", "required": False}}, "additionalAttributes": True},
            {"type": "Entity", "name": "User"}, {"type": "Extension", "name": "ipaddr"}, {"type": "EntityOrCommon", "name": "String"},
        ]))

    def case(self, number):
        """A changed case, in a suite's form but without expectations."""
        dice = self.dice
        one, other = dice.choice(self.cases), dice.choice(self.cases)
        if dice.random() < 0.5:
            other = one
        case = {"id": f"mutant-{number}", "from": one["id"], "policies": one["policies"], "schema": one.get("schema"), "entities": one["entities"], "requests": []}
        for request in dice.sample(one["requests"], min(3, len(one["requests"]))):
            case["requests"].append({name: copy.deepcopy(request[name]) for name in ("principal", "action", "resource", "context") if name in request})
        if one.get("links"):
            case["links"] = one["links"]
        form = dice.random()
        if form < 0.10:
            case["policies"] = self.spaced(one["policies"])
        elif form < 0.40:
            case["policies"] = self.text(one["policies"], other["policies"] if dice.random() < 0.7 else str(one.get("schema") or ""))
        elif form < 0.60 and one.get("schema"):
            case["schema"] = self.text(one["schema"], other.get("schema") or "" if dice.random() < 0.7 else one["policies"])
        elif form < 0.70 and one.get("schemaJSON"):
            case["schema"] = self.json(one["schemaJSON"])
        elif form < 0.80:
            case["entities"] = self.json(one["entities"])
        elif form < 0.88:
            for request in case["requests"]:
                # The reference's binding, not the reference, decides what shape a request may have.
                if dice.random() < 0.7 and request.get("context"):
                    request["context"] = self.json(request["context"])
                else:
                    part = request[dice.choice(["principal", "action", "resource"])]
                    part[dice.choice(["type", "id"])] = dice.choice([other["policies"][:3], *KEYWORDS, *TEXTS, *(w.strip('"') for w in words(str(one.get("schema")))[:400])])
        else:
            case["policies"] = other["policies"]
            case.pop("links", None)
            if other.get("links"):
                case["links"] = other["links"]
        if dice.random() < 0.1:
            case["schema"] = None
        if dice.random() < 0.25:
            self.turn_into_json(case, one)
        return case


    def turn_into_json(self, case, one):
        """Writes policies, schema or entities as the text of JSON, and changes that."""
        dice = self.dice
        part = dice.choice(["policies", "policies", "schema", "entities"])
        whole = {"policies": one["oracle"].get("est"), "schema": one.get("schemaJSON"), "entities": one["entities"]}[part]
        if whole is None:
            return
        if part == "policies":
            case.pop("links", None)
            whole = copy.deepcopy(whole)
            if one.get("links"):
                whole["templateLinks"] = [{"templateId": link["template_id"], "newId": link["new_id"], "values": link["values"]} for link in one["links"]]
        if dice.random() < 0.6:
            whole = self.json(whole)
        text = json.dumps(whole, ensure_ascii=dice.random() < 0.5)
        case[part] = self.text(text, text) if dice.random() < 0.5 else text


def load(paths):
    cases = []
    for path in paths:
        with open(path) as lines:
            cases += [json.loads(line) for line in lines if line.strip()]
    return cases
