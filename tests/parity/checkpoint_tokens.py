"""Golden tokens of open_clip's SimpleTokenizer, for texts that its ftfy clean-up leaves alone.

    python tests/parity/checkpoint_tokens.py        (open_clip_torch==3.3.0)

Writes tokens.jsonl.gz: one JSON array a line, [text, ids of the content without start and end]; and framed.json:
[text, context length, the whole row].
"""

import gzip
import html
import html.entities
import json
import pathlib
import random
import unicodedata

import ftfy
import open_clip

OUTPUT = pathlib.Path(__file__).parent.parent / "src/test/resources/golden/checkpoint"
TEXTS = 2200

draw = random.Random(20261124)
tokenizer = open_clip.SimpleTokenizer()
words = [word[:-4] for word in tokenizer.encoder if word.endswith("</w>") and word.isascii() and len(word) > 5]
assigned = [chr(c) for c in range(0x21, 0x1FAFF) if unicodedata.category(chr(c)) not in ("Cn", "Cs", "Co", "Cc")]
entities = list(html.entities.html5)
spaces = [" ", "  ", "\t", "\n", " \n ", "\u00a0", "\u2003", "\u3000", "\x0b", "\x0c"]
hard = [
    "", " ", "!", "a", "it's", "IT'S", "we're 'Re 'LL 'd 'dd''s", "'\u017f and a'\u017f", "''''ve", "don't!'t",
    "\u039f\u0394\u03a5\u03a3\u03a3\u0395\u03a5\u03a3", "\u03a3", "A\u03a3.B A\u03a3. \u0391\u03a3'", "\u0130stanbul \u0130",
    "<start_of_text> <END_OF_TEXT>a<end_of_text>", "<\u017ftart_of_text>", "a<start_of_text>", "!<start_of_text>",
    "&amp;lt;b&amp;gt; <", "&notit; <", "&notit <", "&#65;&#x42&#0;&#x110000;&#128;&#x81;&#13;&#xD800;&#11; <", "&#; &#x; & &; <",
    "&ampamp;lt <", "&AMP;&COPY&copycat <", "&" + "x" * 40 + "; <", "&NotEqualTilde;&bne; <", "1234567890 1.5 \u0663\u2167\u00bd",
    "a_b-c/d\\e", "\U0001f469\u200d\U0001f4bb \U0001f44d\U0001f3fd \U0001f1e9\U0001f1ea \u2764\ufe0f", "\u00df\u1e9e",
    "e\u0301 \u0915\u094d\u0937\u093f \u05e9\u05c1 \u0e01\u0e33", "\u4e2d\u6587\u5b57\u7b26 \ud55c\uad6d\uc5b4 \u65e5\u672c\u8a9e",
    "x" * 3000, "ab" * 700 + "!" * 500, "\U0001f600" * 60, "aaaaaaaaaaa aaaaaaaaaaaa", "www.example.com/?a=b&c=d <",
]


def word():
    text = draw.choice(words)
    return draw.choice((text, text, text.capitalize(), text.upper()))


def phrase():
    kind = draw.randrange(8)
    if kind < 3:
        parts = [word() for _ in range(draw.randint(1, 9))]
    elif kind == 3:
        parts = [draw.choice((word(), draw.choice("'\".,;:!?-()#@*/"), "'s", "n't", str(draw.randint(0, 99999)))) for _ in range(9)]
    elif kind == 4:
        start = draw.randrange(len(assigned) - 200)
        parts = ["".join(draw.choice(assigned[start : start + 200]) for _ in range(draw.randint(1, 6))) for _ in range(3)]
    elif kind == 5:
        parts = ["".join(draw.choice(assigned) for _ in range(draw.randint(1, 5))) for _ in range(2)]
    elif kind == 6:
        parts = ["<", "".join(draw.choice((word(), "&" + draw.choice(entities), f"&#{draw.randrange(0x3000)};",
                                           f"&#x{draw.randrange(0x20000):x}", "&" + draw.choice(entities)[:4])) for _ in range(4))]
    else:
        parts = ["".join(draw.choice(words)[: draw.randint(1, 4)] for _ in range(draw.randint(1, 12))) for _ in range(3)]
    text = parts[0]
    for part in parts[1:]:
        text += (draw.choice(spaces) if draw.random() < 0.3 else " ") + part
    return text


def clean(text):
    """Left alone by ftfy, and nothing in it newer than this Python's Unicode, on which libraries disagree."""
    final = html.unescape(html.unescape(text))
    return ftfy.fix_text(text) == text and all(unicodedata.category(character) != "Cn" for character in final)


texts = [text for text in hard if clean(text)]
print("left out of the hard ones:", [text[:40] for text in hard if not clean(text)])
while len(texts) < TEXTS:
    text = phrase()
    if clean(text):
        texts.append(text)
OUTPUT.mkdir(parents=True, exist_ok=True)
lines = "".join(json.dumps([text, tokenizer.encode(text)], separators=(",", ":")) + "\n" for text in texts)
with open(OUTPUT / "tokens.jsonl.gz", "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
    packed.write(lines.encode())
framed = [[text, length, tokenizer([text], length)[0].tolist()]
          for text in ("", "a photo of a cat.", "word " * 40, "x" * 900) for length in (5, 20, 77)]
(OUTPUT / "framed.json").write_text(json.dumps(framed, separators=(",", ":")) + "\n")
