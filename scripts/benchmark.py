"""Compare a model with simple systems and peers on labelled articles: how often each is right, how fast each is.

    python scripts/benchmark.py quality DEV --train seeds/written seeds/realnews/train.jsonl
    python scripts/benchmark.py quality my/articles --model runs/default/model --train seeds/written --setfit
    python scripts/benchmark.py quality DEV --encoder runs/encoder --setfit
    python scripts/benchmark.py speed DEV --plot docs/speed.svg
    python scripts/benchmark.py precision DEV
    python scripts/benchmark.py context DEV

DEV are labelled articles, files or folders, that nothing was trained on.

quality: majority, TF-IDF + logistic regression, a linear probe on the encoder, SetFit, and the model; macro-F1 with
intervals by bootstrap over articles, F1 a label, and how far the model leads.
speed: the model in every precision this machine has, against transformers.pipeline, torch, sentence-transformers,
SetFit, spaCy and TF-IDF, interleaved; latency, cold start, memory, and the share of the machine's matrix products.
precision: how many labels bf16 and int8 change. tools/play_cpu.c plays an older CPU, for both.
context: the same weights on each sentence alone, and in windows of other lengths and overlaps.
Peers need `pip install 'claimclf[train,offline,peers]'`; those that are not installed are left out and said.
"""

import argparse
import json
import sys
from importlib.util import find_spec
from pathlib import Path

from claimclf.config import TrainingConfig
from claimclf.errors import ClaimclfError, exit_code


def quality(arguments: argparse.Namespace) -> None:
    from claimclf.comparison import compare, ours
    from claimclf.peers import linear_probe, majority, setfit, tfidf
    from claimclf.predict import ClaimClassifier
    from claimclf.readers import read_corpus

    training = read_corpus(arguments.train)
    if training.missing:
        print(f"{len(training.missing)} training articles have no text here: the simple ones learn from less")
    data = read_corpus(arguments.data)
    for problem in data.missing:
        print(f"left out: {problem}")
    systems = {
        "majority": majority(training.articles),
        "TF-IDF + logistic regression": tfidf(training.articles),
    }
    if find_spec("sentence_transformers"):
        systems[f"linear probe on {arguments.encoder}"] = linear_probe(training.articles, arguments.encoder)
    else:
        print("sentence_transformers is not installed: no linear probe", file=sys.stderr)
    if arguments.setfit:
        systems[f"SetFit on {arguments.encoder}"] = setfit(training.articles, arguments.encoder)
    systems[f"claimclf ({arguments.model})"] = ours(ClaimClassifier.load(arguments.model, precision="fp32"))
    print(compare(data.articles, systems, arguments.repeats, arguments.seed).describe())


def speed(arguments: argparse.Namespace) -> None:
    import torch

    from claimclf.contestants import others, ours
    from claimclf.predict import ClaimClassifier
    from claimclf.readers import read_corpus
    from claimclf.speed import Speed, cold_start, gemm_ceiling, interleaved, latency, network_work

    torch.set_num_threads(arguments.threads)
    articles = read_corpus(arguments.data).articles[: arguments.articles]
    trial = articles[: max(1, len(articles) // 8)]
    systems = {**dict(ours(arguments.model, arguments.threads)), **dict(others(arguments.model, articles, trial))}
    for package in ("openvino", "sentence_transformers", "setfit", "spacy"):
        if not find_spec(package):
            print(f"{package} is not installed and is left out", file=sys.stderr)
    say = lambda line: print(line, file=sys.stderr, flush=True)  # noqa: E731
    timings = interleaved(systems, articles, arguments.rounds, say)
    classifier = ClaimClassifier.load(arguments.model, threads=arguments.threads)
    done = Speed(
        timings,
        next(name for name in systems if name.startswith("transformers.pipeline")),
        latency(classifier, articles),
        cold_start(arguments.model, articles[0].text, arguments.threads),
        gemm_ceiling(arguments.threads),
        network_work(classifier, articles) / min(timings[0].rounds),
        arguments.threads,
    )
    print(done.describe())
    if not torch.cuda.is_available():
        print("GPU: not measured, there is none of CUDA here")
    if arguments.json:
        arguments.json.write_text(json.dumps(done.to_dict(), indent=1), encoding="utf-8")
    if arguments.plot:
        from claimclf.curves import speed_plot

        speed_plot(done, arguments.plot)


def precision(arguments: argparse.Namespace) -> None:
    from claimclf.precisions import costs
    from claimclf.readers import read_corpus

    print("\n".join(map(str, costs(arguments.model, read_corpus(arguments.data).articles))))


def context(arguments: argparse.Namespace) -> None:
    from claimclf.contexts import worth_of_context
    from claimclf.readers import read_corpus

    for line in worth_of_context(arguments.model, read_corpus(arguments.data).articles):
        print(line, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, metavar="WHAT")
    helps = (
        "how often each is right",
        "how fast each is",
        "what the precisions of this machine cost",
        "what the sentences around a sentence are worth, with the same weights",
    )
    for run, told in zip((quality, speed, precision, context), helps, strict=True):
        command = commands.add_parser(run.__name__, help=told)
        command.set_defaults(run=run)
        command.add_argument("data", nargs="+", type=Path, help="labelled files or folders")
        command.add_argument("--model", default="shipped", help="shipped, a folder, or a hub id (default shipped)")
        if run is quality:
            data = TrainingConfig().data
            shown = f"what the others learn from (default {' '.join(data)})"
            command.add_argument("--train", nargs="+", type=Path, default=[Path(path) for path in data], help=shown)
            command.add_argument("--setfit", action="store_true", help="train SetFit, too: some ten minutes")
            told = "what the probe and SetFit stand on, as in a config (default %(default)s)"
            command.add_argument("--encoder", default=TrainingConfig().encoder, help=told)
            command.add_argument("--repeats", type=int, default=2000, help="bootstrap resamples (default 2000)")
            command.add_argument("--seed", type=int, default=0)
        elif run is speed:
            command.add_argument("--threads", type=int, default=1, help="of every system (default 1)")
            command.add_argument("--rounds", type=int, default=5, help="interleaved rounds (default 5)")
            command.add_argument("--articles", type=int, default=24, help="the first so many (default 24)")
            command.add_argument("--json", type=Path, metavar="OUT", help="every number")
            command.add_argument("--plot", type=Path, metavar="OUT", help="a picture, SVG or PNG")
    arguments = parser.parse_args()
    try:
        arguments.run(arguments)
    except (ClaimclfError, OSError) as error:
        print(error, file=sys.stderr)
        return exit_code(error)
    return 0


if __name__ == "__main__":
    sys.exit(main())
