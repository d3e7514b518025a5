from claimclf.counts import describe
from claimclf.readers import read_corpus
from tests.conftest import ARTICLE


def test_counts(tmp_path):
    extra = (
        "\nofficial_denial: She denied all of it on Monday.\nfactual_report: He was denied entry in May.\n"
        "speculation: It is thought to be lost.\n"
    )
    for n, story in enumerate(["bridge", "bridge", "other"]):
        body = ARTICLE.format(id=f"a{n}", story=story).replace("country: Ireland", "country: Ireland\nshape: A Paper")
        (tmp_path / f"a{n}.article").write_text(body + extra, encoding="utf-8")
    lines = describe(read_corpus([tmp_path]).articles).splitlines()
    assert lines[0].startswith("3 articles in order, 21 labelled sentences: 6 factual_report, 3 unverified_claim")
    assert lines[1] == "2 stories, 1 of them told by two articles or more"
    assert "1 shapes (3 articles name one)" in lines
    assert lines[-2].endswith(
        "of 6 sentences with one, 50% are no official_denial; of 6 official_denial, 50% have none"
    )
    assert lines[-1].endswith("of 6 sentences with one, 50% are no speculation; of 6 speculation, 50% have none")
