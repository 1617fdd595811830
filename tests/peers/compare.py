"""Times this library's steps and the same steps in plain PyTorch, in turns on one machine, and writes what it saw.

    python -m venv venv && venv/bin/pip install -r tests/peers/requirements.txt
    venv/bin/python tests/peers/compare.py --output docs/speed

Writes OUTPUT.json (all figures), OUTPUT.md (tables) and OUTPUT.svg (a plot). With --whole-runs it then times whole
fine-tuning runs, too: see whole_run.py.
"""
import argparse
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
LAUNCHER = HERE.parent.parent / "skip-tuning"
TARGETS = HERE / "targets.json"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=pathlib.Path, required=True, help="path of the results, without a suffix")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=3, help="how often each side has its turn")
    parser.add_argument("--steps", type=int, default=10, help="measured steps of a turn")
    parser.add_argument("--precisions", default="fp32,bf16")
    parser.add_argument("--launcher", type=pathlib.Path, default=LAUNCHER, help="this library's command line")
    parser.add_argument("--cases", default="", help="names of targets.json, separated by commas; all by default")
    parser.add_argument("--whole-runs", type=int, default=0, metavar="SHOTS",
                        help="also time whole runs of 10 classes with that many shots, 20 epochs, with and without views")
    return parser.parse_args()


def shape_options(case):
    return ["--classes", case["classes"], "--start-layer", case["start_layer"], "--top-ratio", case["kept"],
            "--lambda", 0, "--batch-size", case.get("batch_size", 4)]


def method_of(case):
    """Of our side; the peer's is the case's `peer`."""
    return case.get("method", "skip")


def output_of(command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stderr[-2000:]}")
    return done.stdout


def ours(case, precision, options):
    with tempfile.TemporaryDirectory() as folder:
        result = pathlib.Path(folder) / "speed.json"
        output_of([options.launcher, "speed", "--methods", method_of(case), *shape_options(case), "--precision", precision,
                   "--steps", options.steps, "--device", options.device, "--threads", options.threads, "--json", result,
                   "-q"])
        return json.loads(result.read_text())


def peer(method, case, precision, options):
    """With fewer classes where all of them don't fit; what they cost is counted up to all, for it grows with them."""
    classes = case.get("peer_classes", {}).get(kind_of(options.device), case["classes"])
    printed = output_of([sys.executable, HERE / "peers.py", "--method", method,
                         *shape_options({**case, "classes": classes}), "--precision", precision, "--steps",
                         steps_of(case, options), "--device", options.device, "--threads", options.threads])
    found = json.loads(printed.splitlines()[-1])
    times = case["classes"] / classes
    return {**found, "step_ms": [times * each for each in found["step_ms"]], "held_bytes": times * found["held_bytes"],
            "peak_memory_bytes": times * found["peak_memory_bytes"], "measured_classes": classes}


def kind_of(device):
    return device.split(":")[0]


def steps_of(case, options):
    return min(options.steps, case.get("most_steps", options.steps))


def spread(times):
    ordered = sorted(times)
    quarter = len(ordered) // 4
    return {"median": statistics.median(ordered), "low": ordered[quarter], "high": ordered[-1 - quarter],
            "steps": len(ordered)}


def compare(name, case, precision, options):
    """Both sides in turns, so that what slows the machine for a while slows both."""
    own_times, peer_times, own_memory, peer_memory = [], [], [], []
    for turn in range(options.rounds):
        print(f"{name} {precision}: turn {turn + 1} of {options.rounds}", file=sys.stderr)
        own = ours(case, precision, options)
        other = peer(case["peer"], case, case.get("peer_precision", precision), options)
        mine = own["methods"][method_of(case)]
        own_times += mine["all_step_ms"]
        peer_times += other["step_ms"]
        own_memory.append(mine["peak_memory_bytes"])
        peer_memory.append(other["peak_memory_bytes"])
    own_spread, peer_spread = spread(own_times), spread(peer_times)
    return {
        "name": name, "title": case["title"], "precision": precision, "case": case,
        "ours": {**mine, "peak_memory_bytes": statistics.median(own_memory), "all_step_ms": own_times, "step_ms": own_spread["median"], "spread": own_spread,
                 "share_of_floor": mine["floor_ms"] / own_spread["median"]},
        "peer": {**other, "peak_memory_bytes": statistics.median(peer_memory), "all_step_ms": peer_times, "step_ms": peer_spread["median"], "spread": peer_spread,
                 "share_of_floor": mine["floor_ms"] / peer_spread["median"] if case["peer"] == method_of(case) else None},
        "machine": own["machine"],
        "times_as_fast": peer_spread["median"] / own_spread["median"],
        "target": case["targets"].get(precision),
    }


def whole_run_of(precision, options):
    print(f"whole run in {precision}", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        output = pathlib.Path(folder) / "run"
        output_of([sys.executable, HERE / "whole_run.py", "--output", output, "--device", options.device, "--precision",
                   precision, "--classes", 10, "--shots", options.whole_runs, "--tests", max(1, options.whole_runs // 2),
                   "--threads", options.threads, "--workers", options.threads, "--views", 4, "--launcher",
                   options.launcher])
        return json.loads(output.with_suffix(".json").read_text())


def short(milliseconds):
    return f"{milliseconds:,.0f}" if milliseconds >= 20 else f"{milliseconds:.2f}"


def megabytes(count):
    return f"{count / 2 ** 20:,.0f}"


def markdown(results, runs, options):
    machine = results[0]["machine"]
    lines = [
        f"Measured on {datetime.date.today():%d %B %Y}, {machine['processor']}, {options.threads} threads,"
        f" device {options.device}; PyTorch {results[0]['peer']['torch']}; medians of {options.rounds} turns of"
        f" {options.steps} steps on each side, the middle half of the steps in brackets.",
        "",
        "| case | precision | ours, ms | PyTorch, ms | times as fast | target | GFLOP | floor, ms | share of the floor |"
        " PyTorch's | memory, MiB | PyTorch's |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for result in results:
        mine, other = result["ours"], result["peer"]
        cell = lambda side: f"{short(side['step_ms'])} ({short(side['spread']['low'])}-{short(side['spread']['high'])})"
        counted = other["measured_classes"] != result["case"]["classes"]
        title = result["title"] + (f" (PyTorch's from {other['measured_classes']})" if counted else "")
        lines.append(
            f"| {title} | {result['precision']} | {cell(mine)} | {cell(other)} |"
            f" {result['times_as_fast']:.1f} | {result['target'] or ''} | {mine['gflop']:.1f} | {short(mine['floor_ms'])} |"
            f" {100 * mine['share_of_floor']:.0f} % |"
            f" {'' if other['share_of_floor'] is None else format(100 * other['share_of_floor'], '.0f') + ' %'} |"
            f" {megabytes(mine['peak_memory_bytes'])} | {megabytes(other['peak_memory_bytes'])} |")
    if any("peer_classes" in result["case"] for result in results):
        lines += ["", "Where PyTorch's figures come from fewer classes, all of which would not fit in memory, its time and"
                      " memory are those times the ratio of the classes."]
    lines += ["", "| case | precision | GFLOP/s of ours | held for the backward, MiB | PyTorch's | products by |",
              "|---|---|---|---|---|---|"]
    for result in results:
        mine, other = result["ours"], result["peer"]
        lines.append(f"| {result['title']} | {result['precision']} | {mine['gflop'] / mine['step_ms'] * 1000:,.0f} |"
                     f" {megabytes(mine['held_bytes'])} | {megabytes(other['held_bytes'])} |"
                     f" {result['machine'].get('gemm', '')} |")
    for precision in dict.fromkeys(result["precision"] for result in results):
        found = next(result["machine"] for result in results if result["precision"] == precision)
        lines += ["", f"Best matrix product of a step's own in {precision}: {found['gemm_gflops']:,.0f} GFLOP/s;"
                      f" memory {found['bandwidth_gbs']:.1f} GB/s."]
    return "\n".join(lines) + "\n" + whole_run_table(runs)


def whole_run_table(runs):
    if not runs:
        return ""
    import whole_run  # which needs PyTorch

    return "\n" + whole_run.markdown(runs)


def plot(results, file):
    import matplotlib
    matplotlib.use("svg")
    from matplotlib import pyplot

    figure, axis = pyplot.subplots(figsize=(9, 0.42 * len(results) + 1.2))
    for row, result in enumerate(reversed(results)):
        axis.barh(row + 0.2, result["peer"]["step_ms"], 0.36, color="#c9ced6", label="plain PyTorch" if row == 0 else "")
        axis.barh(row - 0.2, result["ours"]["step_ms"], 0.36, color="#2f6fdb", label="this library" if row == 0 else "")
        axis.plot([result["ours"]["floor_ms"]] * 2, [row - 0.4, row], color="black",
                  label="floor by formula and measured rates" if row == 0 else "")
        axis.text(result["peer"]["step_ms"], row + 0.2, f"  {result['times_as_fast']:.1f}x", va="center", fontsize=8)
    axis.set_yticks(range(len(results)), [f"{r['title']}, {r['precision']}" for r in reversed(results)])
    axis.set_xscale("log")
    axis.set_xlabel("milliseconds a step (logarithmic)")
    axis.legend(loc="upper center", bbox_to_anchor=(0.45, 1.12 + 0.6 / len(results)), ncols=3, frameon=False, fontsize=8)
    axis.spines[["top", "right"]].set_visible(False)
    figure.savefig(file, bbox_inches="tight", metadata={"Date": None})


def main():
    options = arguments()
    cases = json.loads(TARGETS.read_text())
    # Some are for a processor: tests/gpu brings no peft along.
    kind = kind_of(options.device)
    chosen = options.cases.split(",") if options.cases else [
        name for name, case in cases.items() if case.get("device", kind) == kind]
    options.output.parent.mkdir(parents=True, exist_ok=True)
    results = []
    for name in chosen:
        for precision in options.precisions.split(","):
            results.append(compare(name, cases[name], precision, options))
            write(results, [], options)  # after each, so that whoever stops it keeps what was measured
    runs = []
    for precision in options.precisions.split(",") if options.whole_runs else ():
        runs.append(whole_run_of(precision, options))
        write(results, runs, options)
    print(options.output.with_suffix(".md").read_text())


def write(results, runs, options):
    options.output.with_suffix(".json").write_text(json.dumps(
        {"date": str(datetime.date.today()), "python": platform.python_version(), "results": results, "whole_runs": runs},
        indent=1) + "\n")
    options.output.with_suffix(".md").write_text(markdown(results, runs, options))
    plot(results, options.output.with_suffix(".svg"))


if __name__ == "__main__":
    main()
