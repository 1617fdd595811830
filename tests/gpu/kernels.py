"""Sums the kernels of a Chrome trace: kernels.py TRACE.json STEPS prints microseconds a step, kernel by kernel."""
import collections
import json
import sys


def main():
    events = json.load(open(sys.argv[1]))["traceEvents"]
    steps = int(sys.argv[2])
    times, counts = collections.Counter(), collections.Counter()
    for event in events:
        if event.get("cat") in ("kernel", "gpu_memcpy", "gpu_memset"):
            name = event["name"].split("<")[0].replace("void ", "")[-60:] if event["cat"] == "kernel" else event["name"]
            detail = event["name"][:110] if "elementwise" in name else name
            times[detail] += event["dur"]
            counts[detail] += 1
    print(f"{sum(times.values()) / steps:8.1f} us a step in {sum(counts.values()) / steps:.0f} kernels")
    for name, time in times.most_common(40):
        print(f"{time / steps:8.1f} us {counts[name] / steps:6.1f} x  {name}")


if __name__ == "__main__":
    main()
