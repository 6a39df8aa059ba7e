"""The drawing as SVG: one element that needs nothing else, safe whatever was said, and told in sentences as well."""

import re
import xml.etree.ElementTree as ET

import pytest
from made_timelines import Timeline, crowd, left_out

from checker.report.diagram import model, svg

SVG = "{http://www.w3.org/2000/svg}"
SHAPES = {"svg", "title", "desc", "style", "g", "rect", "circle", "path", "text"}
ATTACKS = [
    "<script>alert(1)</script>",
    '"><image href="http://example.com/x.png" onerror="alert(1)"/>',
    "]]></style><style>@import url(http://example.com)</style>",
    "&lt;&#x3c;&amp;",
    "\x00\x08\x0b\x1b[31m\x7f\ufffe\uffff\ud800",
    "\u202egnirts\u2066",
    "</desc></svg><svg onload=alert(1)>",
]


def drawn(result, name="one"):
    return svg.draw(model.of(result), name)


def parsed(result, name="one"):
    return ET.fromstring(drawn(result, name))


def attacked(data):
    timeline = Timeline().server("alice", "bob").add("alice", "sent", data).add("bob", "received", data)
    timeline.add("server", "output", f"Traceback (most recent call last):\n{data}\n", stream="stderr")
    timeline.add("bob", "missing", data, said_by="alice")
    return timeline.result(f"bob got {data}", title=f"A check of {data}.")


def test_it_is_one_image_with_a_title_and_a_description():
    tree = parsed(left_out())
    assert tree.tag == f"{SVG}svg"
    assert tree.get("role") == "img"
    title, desc = tree.find(f"{SVG}title"), tree.find(f"{SVG}desc")
    assert tree.get("aria-labelledby").split() == [title.get("id"), desc.get("id")]
    assert title.text == "Sequence diagram: A message reaches every other client, once."
    assert tree.get("viewBox")


def test_the_description_tells_all_of_it_in_sentences():
    told = parsed(left_out()).find(f"{SVG}desc").text
    for sentence in (
        "From left to right stand alice, bob, your server and carol.",
        "At 2.0 ms: alice, bob and carol connect to your server.",
        'At 8.0 ms: alice sends "Hi! bvxchkrx" to your server.',
        'At 9.0 ms: your server sends "[(\'127.0.0.1\', 40000)] Hi! bvxchkrx" to bob.',
        "your server is at rest: nothing more will happen.",
        'What should have come from your server to carol and did not: "Hi! bvxchkrx" never came.',
        "Thread-1 waits in recv() for alice at server.py, line 50.",
        "What did not hold: alice said something and carol received nothing.",
    ):
        assert sentence in told, sentence


def test_a_person_at_a_client_is_told_of_as_well():
    timeline = Timeline().client().add("client", "typed", "Hi! bvxchkrx").add("client", "output", "Hello\n")
    told = parsed(timeline.add("room", "closed").result()).find(f"{SVG}desc").text
    assert 'at the keyboard of your client: "Hi! bvxchkrx".' in told
    assert 'on the screen of your client comes "Hello".' in told
    assert "our server says goodbye (FIN) to your client." in told


def test_what_never_came_is_marked_by_more_than_a_colour():
    tree = parsed(left_out())
    (group,) = [one for one in tree.iter(f"{SVG}g") if "and did not" in (one.findtext(f"{SVG}title") or "")]
    kinds = [one.get("class") for one in group.iter(f"{SVG}path")]
    assert "arrow dashed bad" in kinds
    assert "bad" in kinds  # the cross
    assert ".dashed{stroke-dasharray" in tree.findtext(f"{SVG}style")


def test_many_stand_in_one_page():
    page = ET.fromstring(f"<main>{drawn(left_out(), 'lab3 a')}{drawn(crowd(), 'lab3 b')}</main>")
    ids = [one.get("id") for one in page.iter() if one.get("id") is not None]
    assert len(ids) == len(set(ids)) == 4
    assert all(re.fullmatch(r"[\w-]+", one) for one in ids)
    wanted = [ref for one in page.iter(f"{SVG}svg") for ref in one.get("aria-labelledby").split()]
    assert wanted == ids


@pytest.mark.parametrize("data", ATTACKS, ids=range(len(ATTACKS)))
def test_nothing_of_what_was_said_gets_out_of_its_place(data):
    whole = drawn(attacked(data))
    tree = ET.fromstring(whole)
    assert {one.tag.removeprefix(SVG) for one in tree.iter()} <= SHAPES
    assert not [key for one in tree.iter() for key in one.attrib if key.startswith("on") or key.endswith("href")]
    assert "<script" not in whole
    whole.encode("utf-8")
    assert all(one.isprintable() or one == "\n" for one in whole)
    assert len(tree.findall(f".//{SVG}style")) == 1


@pytest.mark.parametrize("result", [left_out(), crowd()], ids=["three", "crowd"])
def test_it_needs_nothing_from_elsewhere(result):
    whole = drawn(result).replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r"https?:|//|url\(|@import|@font-face|href|<image|<use|<foreignObject", whole)


def test_every_text_stands_inside():
    tree = parsed(crowd())
    _left, _top, width, height = map(float, tree.get("viewBox").split())
    for one in tree.iter(f"{SVG}text"):
        wide = len(one.text) * 7.2
        x = float(one.get("x")) - wide * {"middle": 0.5, "end": 1.0}.get(one.get("text-anchor"), 0)
        assert x >= 0, one.text
        assert x + wide <= width + 1, one.text
        assert 0 < float(one.get("y")) <= height


def test_lifelines_end_where_somebody_is_gone():
    timeline = Timeline().server("alice", "bob").add("alice", "closed").says("bob").misses("bob", "bob")
    diagram = model.of(timeline.result())
    lives = [one for one in ET.fromstring(svg.draw(diagram, "x")).iter(f"{SVG}path") if one.get("class") == "life"]
    bottoms = {}
    for one in lives:
        x, bottom = re.match(r"M([\d.]+) [\d.]+V([\d.]+)", one.get("d")).groups()
        bottoms[float(x)] = max(bottoms.get(float(x), 0), float(bottom))
    alice, bob = (bottoms[x] for x in sorted(bottoms)[:: len(bottoms) - 1])
    assert alice < bob
