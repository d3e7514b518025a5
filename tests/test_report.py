"""The page: what it shows, and that nothing that came from data can run in it."""

import shutil
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from claimclf.articles import Article, Sentence, Span
from claimclf.behaviour import run
from claimclf.changes import against
from claimclf.evaluate import Evaluation
from claimclf.evaluation.measures import measure
from claimclf.evaluation.sample import Sample
from claimclf.labels import LABELS
from claimclf.report import page
from tests.conftest import dumped_dom
from tests.test_behaviour import case, says
from tests.test_ci_reports import VERDICTS

_RUN = "document.title='PWNED'"
PAYLOADS = [
    f"<script>{_RUN}</script>",
    f"<ScRiPt >{_RUN}</sCrIpT>",
    f"</title><script>{_RUN}</script>",
    f"</style><script>{_RUN}</script>",
    f"</textarea><script>{_RUN}</script>",
    f"--><script>{_RUN}</script>",
    f"]]><script>{_RUN}</script>",
    f"<<script>{_RUN}//<</script>",
    f"<script\n>{_RUN}</script\n>",
    f"<script/x>{_RUN}</script>",
    f"<svg><script>{_RUN}</script></svg>",
    f"<svg onload={_RUN}>",
    f"<svg/onload={_RUN}>",
    f"<img src=x onerror={_RUN}>",
    f'<img src=x onerror="{_RUN}">',
    f"<img/src=x/onerror={_RUN}>",
    f'"><img src=x onerror={_RUN}>',
    f"'><img src=x onerror={_RUN}>",
    f"`><img src=x onerror={_RUN}>",
    f"<body onload={_RUN}>",
    f"<iframe onload={_RUN}></iframe>",
    f'<iframe src="javascript:parent.{_RUN}"></iframe>',
    f'<iframe srcdoc="<script>parent.{_RUN}</script>"></iframe>',
    f'<object data="javascript:{_RUN}"></object>',
    f'<embed src="javascript:{_RUN}">',
    f'<a href="javascript:{_RUN}" autofocus onfocus={_RUN}>x</a>',
    f"<input autofocus onfocus={_RUN}>",
    f"<select autofocus onfocus={_RUN}></select>",
    f"<textarea autofocus onfocus={_RUN}></textarea>",
    f"<details open ontoggle={_RUN}>x</details>",
    f"<video src=x onerror={_RUN}></video>",
    f"<video><source onerror={_RUN}></video>",
    f"<audio src=x onerror={_RUN}></audio>",
    f"<marquee onstart={_RUN}>x</marquee>",
    f"<style onload={_RUN}></style>",
    f"<link rel=stylesheet href=x onerror={_RUN}>",
    f'<meta http-equiv=refresh content="0;url=javascript:{_RUN}">',
    f'<base href="javascript:{_RUN}//">',
    f'<form action="javascript:{_RUN}"><button>x</button></form>',
    f"<math><mtext><img src=x onerror={_RUN}></mtext></math>",
    f"<svg><animate onbegin={_RUN} attributeName=x></svg>",
    f"<svg><set onbegin={_RUN} attributeName=x></svg>",
    f"<svg><image href=x onerror={_RUN}></svg>",
    f"<svg><foreignObject><img src=x onerror={_RUN}></foreignObject></svg>",
    f"<template><script>{_RUN}</script></template>",
    f'<noscript><p title="</noscript><img src=x onerror={_RUN}>">',
    f'" onmouseover="{_RUN}" autofocus onfocus="{_RUN}',
    f"' onload='{_RUN}",
    f'" style="animation-name:x" onanimationstart="{_RUN}',
    f"{{{{ {_RUN} }}}}",
    "{{ ''.__class__.__mro__ }}",
    "{% for x in ().__class__.__bases__ %}{{ x }}{% endfor %}",
    f"&lt;script&gt;{_RUN}&lt;/script&gt;",
    f"&#60;script&#62;{_RUN}&#60;/script&#62;",
    f"\\u003cscript\\u003e{_RUN}\\u003c/script\\u003e",
    f"\x00<script>{_RUN}</script>",
    f"<scr\x00ipt>{_RUN}</scr\x00ipt>",
    f"+ADw-script+AD4-{_RUN}+ADw-/script+AD4-",
    f"\u2028<script>{_RUN}</script>",
    f'<!--<img src="--><img src=x onerror={_RUN}//">',
    "<plaintext>",
    "<!--",
    "<title>",
]


def evaluation(texts):
    """Every text as the outlet, the sentence before, the wrong sentence, and the slice."""
    rows = []
    for n, text in enumerate(texts):
        text = text.strip()
        both = f"{text} {text}"
        body = Sentence(Span(len(text) + 1, len(both)), LABELS[n % 4])
        spans = (Sentence(Span(0, len(text)), None, part="title"), body)
        given = Article(f"a{n} {text}", both, spans, "", {"outlet": text})
        rows.append((given, 1, body))
    n = np.arange(len(texts))
    probabilities = np.full((len(texts), 4), 0.1)
    probabilities[n, (n + 1) % 4] = 0.7
    sample = Sample(n % 4, np.zeros((len(texts), 4), bool), probabilities, n)
    scores = measure(sample, repeats=3)
    slices = {f"outlet: {text}": (1, None) for text in texts}
    return Evaluation(
        scores, dict.fromkeys(map(str, LABELS), 1), slices, {}, len(texts), {"data": "0f", "coverage": "-"}, sample,
        tuple(rows),
    )  # fmt: skip


def whole_page():
    done = evaluation(PAYLOADS)
    right = replace(done.sample, probabilities=np.roll(done.sample.probabilities, -1, axis=1))
    # only 50 errors are shown: what changed shows the rest
    gained = against(done, PAYLOADS[0], right, repeats=3)
    failing = run(says({}), [case(text, (text.strip() + ".", LABELS[2], {}), family=text) for text in PAYLOADS])
    return page(done, gained, failing, VERDICTS)


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.names, self.attributes = set(), []

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.attributes += attrs


def test_there_are_sixty_payloads():
    assert len(set(PAYLOADS)) >= 60


def test_no_payload_becomes_an_element_or_an_attribute():
    parser = Tags()
    parser.feed(whole_page())
    known = (
        "html head meta title style body h1 h2 p div table tr th td i b picture source img details summary mark span"
    )
    assert parser.names <= set(known.split())
    assert not [name for name, _ in parser.attributes if name.startswith("on")]
    urls = [value for name, value in parser.attributes if name in ("src", "href", "srcset", "action", "data")]
    assert urls
    assert all(url.startswith("data:image/svg+xml;base64,") for url in urls)


@pytest.mark.skipif(not shutil.which("chromium"), reason="Chromium is not installed")
def test_no_payload_runs_in_a_browser(tmp_path):
    dom = dumped_dom(tmp_path, whole_page().encode("utf-8"))
    assert "<title>claimclf: evaluation</title>" in dom
    assert "<title>PWNED" not in dom


def test_the_page_shows_errors_changes_and_verdicts():
    done = evaluation(["It rained.", "It may rain."])
    html = page(done, None, None, VERDICTS)
    assert "The 2 most confident errors" in html
    assert "predicted unverified claim, 70%" in html
    assert '<td class="FAILED">FAILED</td>' in html
    assert "too few for a verdict" in html
    assert "http://" not in html.replace("http://www.w3.org", "")
    assert "<script" not in html
