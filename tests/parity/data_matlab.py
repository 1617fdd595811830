"""MATLAB files in the form of Stanford Cars' and Oxford Flowers' annotations, as another writer than the tests' writes them.

    python tests/parity/data_matlab.py

Needs scipy (1.17 was used).
"""

from pathlib import Path

import numpy
from scipy.io import savemat

OUTPUT = Path(__file__).parents[1] / "src/test/resources/golden/data/published"
CARS = ["AM General Hummer SUV 2000", "Acura RL Sedan 2012", "Citroën C4 2011"]


def annotations(classes):
    """A record a picture, with fields that nobody reads before those that are read."""
    records = numpy.zeros((1, len(classes)), dtype=[("bbox_x1", object), ("class", object), ("fname", object)])
    for i, number in enumerate(classes):
        records[0, i]["bbox_x1"] = numpy.uint16([[300 + i]])
        records[0, i]["class"] = numpy.uint8([[number]])
        records[0, i]["fname"] = f"{i + 1:05}.jpg"
    return records


if __name__ == "__main__":
    OUTPUT.mkdir(parents=True, exist_ok=True)
    names = numpy.array(CARS, dtype=object).reshape(1, -1)
    savemat(OUTPUT / "cars_meta.mat", {"class_names": names}, do_compression=True)
    savemat(OUTPUT / "cars_annos.mat", {"annotations": annotations([3, 1, 2, 2])}, do_compression=False)
    savemat(OUTPUT / "imagelabels.mat", {"labels": numpy.array([[77, 77, 1, 102]], dtype=numpy.uint8)}, do_compression=True)
