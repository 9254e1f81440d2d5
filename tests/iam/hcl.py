"""Reads the HCL that we render, as far as policies need it: blocks, literals, references. Knows nothing of csoc.

What cannot be known from text (a function, a loop, an attribute that the cloud gives) becomes a `Hole`, a text that
stands for itself and equals nothing else.
"""

import dataclasses
import json
import re


@dataclasses.dataclass
class Block:
    """A block: `resource "aws_iam_role" "deploy" { … }`."""

    kind: str
    labels: list
    attributes: dict
    blocks: list

    def all(self, kind):
        return [block for block in self.blocks if block.kind == kind]


@dataclasses.dataclass(frozen=True)
class Reference:
    """`var.x`, `aws_iam_role.deploy.arn`, not yet looked up."""

    path: str


@dataclasses.dataclass(frozen=True)
class Template:
    """A text with references in it."""

    parts: tuple


@dataclasses.dataclass(frozen=True)
class Call:
    """A function and what it is given."""

    name: str
    arguments: tuple


class Hole(str):
    """What text does not say."""

    __slots__ = ()


TOKEN = re.compile(
    r"""(?P<skip>\s+|\#[^\n]*|//[^\n]*)|(?P<heredoc><<-?(\w+)\n)|(?P<number>-?\d+(\.\d+)?)"""
    r"""|(?P<word>[A-Za-z_][\w-]*)|(?P<mark>=>|==|!=|<=|>=|&&|\|\||\.\.\.|[{}\[\]()=,.:?*+\-/<>!%])|(?P<quote>")"""
)


class Reader:
    """A cursor over one file."""

    def __init__(self, text):
        self.text = text
        self.at = 0

    def peek(self):
        while True:
            match = TOKEN.match(self.text, self.at)
            if match is None:
                if self.at >= len(self.text):
                    return None
                message = f"cannot read {self.text[self.at : self.at + 40]!r}"
                raise ValueError(message)
            if match.lastgroup != "skip":
                return match
            self.at = match.end()

    def next(self):
        match = self.peek()
        self.at = match.end()
        return match

    def take(self, mark):
        match = self.peek()
        if match is not None and match[0] == mark:
            self.at = match.end()
            return True
        return False

    def expect(self, mark):
        if not self.take(mark):
            message = f"expected {mark} at {self.text[self.at : self.at + 40]!r}"
            raise ValueError(message)

    def body(self, end):
        attributes, blocks = {}, []
        while True:
            match = self.peek()
            if match is None or match[0] == end:
                self.at = match.end() if match else self.at
                return attributes, blocks
            name = self.next()[0]
            if self.take("="):
                attributes[name] = self.expression()
                continue
            labels = []
            while not self.take("{"):
                labels.append(self.string() if self.take('"') else self.next()[0])
            blocks.append(Block(name, labels, *self.body("}")))

    def string(self):
        """The rest of a quoted text; a plain one is a str."""
        parts, plain = [], ""
        while True:
            character = self.text[self.at]
            if character == '"':
                self.at += 1
                break
            if character == "\\":
                escape = self.text[self.at + 1]
                plain += {"n": "\n", "t": "\t", "r": "\r"}.get(escape, escape)
                self.at += 2
            elif self.text.startswith(("$${", "%%{"), self.at):
                plain += self.text[self.at + 1 : self.at + 3]
                self.at += 3
            elif self.text.startswith("${", self.at):
                self.at += 2
                parts += [plain, self.expression()]
                plain = ""
                self.expect("}")
            else:
                plain += character
                self.at += 1
        return Template((*parts, plain)) if parts else plain

    def skip(self):
        """Passes over an expression that is none of ours, up to what ends it."""
        start, depth = self.at, 0
        while True:
            match = self.peek()
            if match is None or (depth == 0 and match[0] in ("}", ")", "]", ",")):
                break
            if depth == 0 and "\n" in self.text[start : match.start()]:
                break
            self.at = match.end()
            if match[0] == '"':
                self.string()
            depth += (match[0] in "([{") - (match[0] in ")]}")
            start = self.at

    def expression(self):
        start = self.peek().start()
        value = self.primary()
        line = re.compile(r"[ \t]*(\?|==|!=|&&|\|\||[+*/<>%-]|\[)").match(self.text, self.at)
        if line:
            self.at = line.end()
            if line[1] == "[":
                self.at -= 1
            self.skip()
            return Hole(self.text[start : self.at].strip())
        return value

    def primary(self):
        match = self.next()
        word = match[0]
        if match.lastgroup == "quote":
            return self.string()
        if match.lastgroup == "number":
            return float(word) if "." in word else int(word)
        if match.lastgroup == "heredoc":
            end = re.compile(rf"^\s*{match[3]}$", re.MULTILINE).search(self.text, self.at)
            value, self.at = self.text[self.at : end.start()], end.end()
            return Hole(value)
        if word in ("[", "{", "(", "!", "-"):
            return self.enclosed(word)
        return self.word(word)

    def word(self, word):
        """A name: a constant, a function, or what it refers to."""
        if word in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[word]
        if self.text.startswith("(", self.at):
            self.at += 1
            return Call(word, tuple(self.several(")")))
        rest = re.compile(r"(\.[\w*-]+|\[(\d+|\*|\"[^\"]*\"|each\.\w+)\])*").match(self.text, self.at)
        self.at = rest.end()
        return Reference(word + rest[0])

    def enclosed(self, mark):
        """What follows a bracket or a sign."""
        if mark in ("[", "{") and self.peek()[0] == "for":
            return self.loop()
        if mark == "[":
            return self.several("]")
        if mark == "{":
            return self.object()
        if mark == "(":
            value = self.expression()
            self.expect(")")
            return value
        return Hole(mark + str(self.primary()))

    def several(self, end):
        values = []
        while not self.take(end):
            values.append(self.expression())
            self.take(",")
            self.take("...")
        return values

    def loop(self):
        """The rest of a `for`, which is not evaluated."""
        start, depth = self.at, 1
        while depth:
            inner = self.next()
            if inner.lastgroup == "quote":
                self.string()
            depth += (inner[0] in ("[", "{")) - (inner[0] in ("]", "}"))
        return Hole(self.text[start : self.at - 1].strip())

    def object(self):
        entries = {}
        while not self.take("}"):
            key = self.string() if self.take('"') else self.next()[0]
            if not self.take("="):
                self.expect(":")
            entries[key if isinstance(key, str) else str(key)] = self.expression()
            self.take(",")
        return entries


def read(text):
    attributes, blocks = Reader(text).body(None)
    return Block("file", [], attributes, blocks)


def evaluate(value, look_up):
    """A value with its references looked up; what `look_up` does not know stays a hole."""
    if isinstance(value, Reference):
        found = look_up(value.path)
        value = Hole(value.path) if found is None else found
    elif isinstance(value, Template):
        parts = [evaluate(part, look_up) for part in value.parts]
        text = "".join(part if isinstance(part, str) else json.dumps(part) for part in parts)
        value = Hole(text) if any(isinstance(part, Hole) for part in parts) else text
    elif isinstance(value, Call):
        value = call(value.name, [evaluate(argument, look_up) for argument in value.arguments])
    elif isinstance(value, list):
        value = [evaluate(entry, look_up) for entry in value]
    elif isinstance(value, dict):
        value = {key: evaluate(entry, look_up) for key, entry in value.items()}
    return value


def call(name, arguments):
    if name == "jsonencode":
        return arguments[0]
    if name == "concat":
        return [entry for one in arguments for entry in (one if isinstance(one, list) else [one])]
    return Hole(f"{name}(…)")
